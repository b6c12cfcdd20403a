"""What somebody typed and cannot send, for them to copy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """One field by its label, with what was typed into it."""

    label: str
    value: str
