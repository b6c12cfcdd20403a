"""What `undersign doctor` looks at, one file a subject. See docs/mechanisms/doctor.md."""
