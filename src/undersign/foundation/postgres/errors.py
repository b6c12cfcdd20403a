"""Why the embedded PostgreSQL cannot run. Each message is meant for the operator and says what to do."""


class PostgresUnavailable(Exception):
    """The embedded PostgreSQL cannot run."""


class BinariesMissing(PostgresUnavailable):
    """No PostgreSQL programs for this platform, or they cannot be run."""


class AccountMissing(PostgresUnavailable):
    """Root starts the server under an account of its own, and there is none."""


class DirectoryUnusable(PostgresUnavailable):
    """The data or socket directory cannot be written, or belongs to somebody else."""


class DataFromAnotherVersion(PostgresUnavailable):
    """The data was written by another major version of PostgreSQL."""


class DiskFull(PostgresUnavailable):
    """No space is left where the data lives."""


class ServerDidNotStart(PostgresUnavailable):
    """PostgreSQL ended, or did not answer in time; the message carries its last words."""


class AlreadyOwned(PostgresUnavailable):
    """Another process runs the server of this data directory."""
