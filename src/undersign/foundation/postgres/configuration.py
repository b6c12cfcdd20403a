"""The settings the embedded server runs with: safe for data, sized for a small machine with two cores."""

from collections.abc import Mapping

SETTINGS: Mapping[str, str | int] = {
    "listen_addresses": "",  # the socket only
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "wal_level": "replica",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "fsync": "on",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",  # solid-state disks
    "jit": "off",  # short statements: compiling them costs more than it saves
    "timezone": "UTC",
    "lc_messages": "C",  # our errors read the server's log
    "default_text_search_config": "pg_catalog.simple",
    # People's data must not reach the log: neither statements nor the values in a constraint's message.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_startup_progress_interval": "5s",
}
# For tests: whatever is lost in a crash can be made again.
FORGETFUL: Mapping[str, str | int] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
}
MAIN_FILE = """\
# Undersign writes undersign.conf at every start. What you put into local.conf wins over it.
include 'undersign.conf'
include_if_exists 'local.conf'
"""
LOCAL_FILE = "# Settings of this server that win over Undersign's, one a line: name = 'value'\n"


def rendered(settings: Mapping[str, str | int]) -> str:
    """Write settings as a configuration file."""
    lines = (f"{name} = '{value}'" for name, value in settings.items())
    return "\n".join(("# Written by Undersign at every start; use local.conf for your own.", *lines, ""))
