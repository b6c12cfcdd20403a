"""undersign siege: attacks on an instance made for it. See docs/mechanisms/siege.md."""
