"""One file with everything an instance must not lose. See docs/mechanisms/backup.md."""
