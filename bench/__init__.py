"""How fast Undersign is, as ratios of what this machine can do at all: see docs/benchmarks.md."""
