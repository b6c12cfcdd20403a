"""A NATS JetStream cluster as a place that keeps what was acknowledged: see docs/mechanisms/intake.md."""
