"""Values that are made by the thousand a second."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(kind: type[Kind]) -> type[Kind]:
    """Make a dataclass that the type checker takes for frozen, and Python does not.

    Freezing at run time makes the making of an object take three times as long.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)
