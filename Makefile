# Everything a visitor or a machine needs; each command is one line that can be typed by hand.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench fuzz tools

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

# Every parser against whatever libFuzzer thinks of, MINUTES each; ONLY=scan runs one target. A crash, an answer that takes
# ten seconds or 2 GB is a failure, and its input lies in fuzz/artifacts/. What is found goes to target/fuzz-corpus; the
# small set in fuzz/corpus is only read.
MINUTES ?= 10
fuzz: tools       ## every parser fuzzed, ten minutes each (MINUTES=, ONLY=); needs nightly Rust and cargo-fuzz
	@rustup run nightly rustc --version >/dev/null 2>&1 || { \
	  echo "fuzzing needs the nightly compiler: rustup toolchain install nightly"; exit 1; }
	@command -v cargo-fuzz >/dev/null || { echo "cargo-fuzz is missing: cargo install cargo-fuzz"; exit 1; }
	@cd fuzz && for target in $(or $(ONLY),$$(cargo +nightly fuzz list)); do \
	  found=../target/fuzz-corpus/$$target; mkdir -p $$found corpus/$$target; \
	  words=dict/$$target.dict; [ -f $$words ] || words=dict/scan.dict; \
	  echo "fuzz $$target: $(MINUTES) minutes"; \
	  cargo +nightly fuzz run $$target $$found corpus/$$target -- -dict=$$words -max_len=8192 -timeout=10 \
	    -rss_limit_mb=2048 -max_total_time=$$(( $(MINUTES) * 60 )) -print_final_stats=1 || exit 1; \
	done

# SQLite, zstd and ring are compiled from C. Debian gets a compiler if we may install one; else a sentence says what to do.
tools:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.90 or later"; exit 1; }
	@command -v cc >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends build-essential; \
	  else echo "a C compiler is missing: install build-essential (Debian) or your system's counterpart"; exit 1; fi; }
