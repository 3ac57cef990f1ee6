# How fast and how small, as ratios to a floor measured in the same run. ONLY=commit runs one room.
.PHONY: bench
bench:
	cargo bench --quiet --bench goals -- $(ONLY)
