# Everything a visitor or a machine needs; each command is one line that can be typed by hand.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench tools

help:             ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: tools       ## a shop to try: a server, goods, members, programs and a till
	cargo run --release --locked --quiet -- demo

test: tools       ## form, lints and all tests
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo test --locked

lint: tools       ## form and lints; licences and origins too, where cargo-deny is installed
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --locked check bans licenses sources; \
	else echo "cargo-deny is not installed: licences and origins were not looked at"; fi

# Ratios to a floor measured in the same run. ONLY=commit runs one room. Where other work keeps the processors busy, a
# sync waits for the scheduler's tick and all ratios go to 1: "chrt -f 20 make bench" sees the disk again.
bench: tools      ## how fast and how small
	cargo bench --locked --quiet --bench goals -- $(ONLY)

# SQLite, zstd and ring are compiled from C. Debian gets a compiler if we may install one; else a sentence says what to do.
tools:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.90 or later"; exit 1; }
	@command -v cc >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends build-essential; \
	  else echo "a C compiler is missing: install build-essential (Debian) or your system's counterpart"; exit 1; fi; }
