"""What can be kept of a body that is refused, so that nobody has to type it again.

The body is at most as long as a form may be, and perhaps cut off there. Only fields of our own form are kept,
each up to a bound, so the answer stays small whatever was sent.
"""

import json
import re
from collections.abc import Iterable
from io import BytesIO
from itertools import islice
from urllib.parse import parse_qsl

from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import MultiPartParser, MultiPartParserError

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"

MAX_KEPT = 10_000  # characters of one field
MAX_READ = 200  # fields looked at

_OURS = re.compile(
    r"name|email|display|country|postcode|phone|reason|source|text_version|(?:consent|wording)_\d{1,18}"
)
_CUT_ESCAPE = re.compile(rb"%[0-9A-Fa-f]?$")
_CUT_CHARACTER = re.compile("[\udc80-\udcff]{1,3}$")
_SURROGATES = re.compile("[\ud800-\udfff]")

Pairs = Iterable[tuple[str, str]]


def kind_of(content_type: str) -> str:
    """Tell the kind of body that a Content-Type names, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def salvaged(body: bytes, content_type: str) -> dict[str, str]:
    """Read the fields of our form out of a body of any kind; what cannot be read is left out."""
    kind = kind_of(content_type)
    if kind == MULTIPART:
        pairs = _of_parts(body, content_type)
    elif kind == JSON:
        pairs = _of_json(body)
    else:  # scripts send forms as text/plain or without a type
        pairs = _of_form(body)
    return {name: value[:MAX_KEPT] for name, value in pairs if _OURS.fullmatch(name)}


def _of_form(body: bytes) -> Pairs:
    fields = _CUT_ESCAPE.sub(b"", body).split(b"&", MAX_READ)[:MAX_READ]
    pairs = parse_qsl(b"&".join(fields).decode("ascii", "surrogateescape"), errors="surrogateescape")
    return [(name, _CUT_CHARACTER.sub("", value)) for name, value in pairs]


def _of_parts(body: bytes, content_type: str) -> Pairs:
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    try:
        values, _files = MultiPartParser(meta, BytesIO(body), []).parse()
    except (MultiPartParserError, SuspiciousOperation):
        return []
    return [(name, str(value)) for name, value in islice(values.items(), MAX_READ)]


def _of_json(body: bytes) -> Pairs:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    return [
        (name, _SURROGATES.sub("\ufffd", value)) for name, value in found.items() if isinstance(value, str)
    ]
