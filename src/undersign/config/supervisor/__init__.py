"""`undersign up`: all parts as children of one process, with one log and one clean end."""
