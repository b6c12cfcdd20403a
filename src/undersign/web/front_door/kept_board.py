"""The petitions on disk as they were last known, for a process that starts while the database is away.

With an intake that does without the database, people can go on signing what they see. The file holds what the
public pages show anyway.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog

from undersign.signing.queries.petitions import AskedConsent, SignablePetition, SignableText

logger = structlog.get_logger(__name__)

VERSION: Final = 1


class KeptBoard:
    """One file that every web process of a machine writes whole, by renaming, whenever a petition changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written = ""

    def keep(self, petitions: Mapping[int, SignablePetition]) -> None:
        """Write the file unless it says so already; a disk that does not take it is no reason to stop."""
        values = [{**asdict(p), "texts": [asdict(t) for t in p.texts.values()]} for p in petitions.values()]
        document = json.dumps({"version": VERSION, "petitions": values}, default=datetime.isoformat)
        if document == self._written:
            return
        draft = self._file.with_suffix(f".{id(self)}.draft")
        try:
            draft.write_text(document)
            draft.replace(self._file)
            self._written = document
        except OSError as error:
            logger.warning("board.not_kept", reason=error.strerror)

    def recall(self) -> dict[int, SignablePetition] | None:
        """Read the file, or give None where there is none that this release can read."""
        try:
            document = json.loads(self._file.read_text())
            if document["version"] != VERSION:
                return None
            petitions = [_petition(values) for values in document["petitions"]]
        except (OSError, ValueError, TypeError, KeyError) as error:
            logger.info("board.not_recalled", problem=type(error).__name__)
            return None
        return {petition.id: petition for petition in petitions}


def _petition(values: dict[str, Any]) -> SignablePetition:
    texts = [
        SignableText(**{**text, "superseded_at": _instant(text["superseded_at"])}) for text in values["texts"]
    ]
    return SignablePetition(
        **{
            **values,
            "closes_at": _instant(values["closes_at"]),
            "ended_at": _instant(values["ended_at"]),
            "texts": {text.id: text for text in texts},
            "consents": tuple(_consent(consent) for consent in values["consents"]),
        }
    )


def _consent(values: dict[str, Any]) -> AskedConsent:
    wordings: Mapping[str, Sequence[int]] = values["wordings"]
    return AskedConsent(**{**values, "wordings": {locale: tuple(ids) for locale, ids in wordings.items()}})


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
