"""The words of a petition in one language, before they are kept."""

from dataclasses import dataclass, field
from typing import Self

from undersign.campaigns.models import PetitionText

WORDS = ("title", "ask", "goal", "story", "salutation", "letter")


@dataclass(frozen=True, kw_only=True)
class TargetDraft:
    """Somebody who is asked."""

    name: str
    role: str = ""
    organisation: str = ""


@dataclass(frozen=True, kw_only=True)
class TextDraft:
    """What somebody would put their name to, as plain words: paragraphs and headings between blank lines."""

    title: str
    ask: str
    goal: str = ""
    story: str = ""
    salutation: str = ""
    letter: str = ""
    targets: tuple[TargetDraft, ...] = field(default=())

    @classmethod
    def of(cls, text: PetitionText) -> Self:
        """Return the words of a stored text, to compare with or to copy."""
        targets = (
            TargetDraft(name=target.name, role=target.role, organisation=target.organisation)
            for target in text.targets.order_by("position")
        )
        return cls(**{name: getattr(text, name) for name in WORDS}, targets=tuple(targets))
