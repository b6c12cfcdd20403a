"""What can be wrong with a backup or with the place it is restored to."""


class BackupError(Exception):
    """Anything that keeps a backup from being made or restored; nothing is changed by then."""


class ArchiveForeign(BackupError):
    """The file is not a backup of Undersign, or one of a newer version."""


class ArchiveDamaged(BackupError):
    """The file was cut off or changed."""


class PassphraseWrong(BackupError):
    """The keys in the archive do not open with this passphrase."""


class TargetNotEmpty(BackupError):
    """There is something where the backup would go."""


class KeysMissing(BackupError):
    """The keys that open the restored data are neither here nor in the archive."""


class ProgramFailed(BackupError):
    """PostgreSQL's own program could not do it."""
