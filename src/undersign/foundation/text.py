"""Hygiene for text that people type: what is harmful or invisible goes, what belongs to a language stays.

The result is in NFC (Unicode Standard Annex 15) and cleaning it again changes nothing.
"""

import re
import unicodedata

MARKS_PER_LETTER = 6  # Tibetan stacks and pointed Hebrew need up to five; "zalgo" text has dozens
_SLACK = 16  # raw text this many times the limit is refused before any work is done on it

_NEWLINES = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
# Controls (C0 without white space, C1), soft hyphen, invisible operators, bidirectional embeddings, overrides
# and isolates (the "Trojan Source" characters), fillers that look like nothing, noncharacters.
_HARMFUL = re.compile(
    "[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u115f\u1160\u200b\u202a-\u202e\u2060-\u206f"
    "\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK_BRAILLE = "\u2800"
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f]+")
# Tag characters spell the flags of England, Scotland and Wales; elsewhere they hide text.
_TAGS = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)|[\U000e0000-\U000e007f]"
)
# Scripts whose letters join, or whose conjuncts are steered by joiners, and pictures that combine.
_JOINING = (
    "\u0600-\u109f\u1780-\u18af\u1a00-\u1cff\ua840-\uabff\ufb50-\ufdff\ufe0f\ufe70-\ufefe"
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f\u2190-\u2bff\U0001f000-\U0001faff"
)
_STRAY_JOINERS = re.compile(
    f"(?<![{_JOINING}\u200c\u200d])[\u200c\u200d]+|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
_HIDDEN = "\u3007"  # the ring that Chinese, Japanese and Korean papers print for a hidden character
_MIDDLE_DOT = re.compile(r"・(?=\w)")  # between the words of a foreign name in katakana
_IDEOGRAPHS = re.compile("[\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+")


class TextRefused(Exception):
    """The text cannot be taken; `code` is "nul", "surrogate" or "too_long"."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def clean_line(text: str, *, max_length: int) -> str:
    """Clean a one-line text, such as a name: white space of any kind becomes single spaces.

    `max_length` counts characters (code points) of the result, which may be empty. Raises TextRefused.
    """
    _check_slack(text, max_length=max_length)
    if not (text.isascii() and text.isprintable()):  # or else there is nothing in it to look for
        text = _settled(_DIRECTION_MARKS.sub("", _harmless(text)))
    return _within(" ".join(text.split()), max_length=max_length)


def clean_text(text: str, *, max_length: int) -> str:
    """Clean a text of several lines: at most one blank line in a row, single spaces within a line.

    `max_length` counts characters (code points) of the result, which may be empty. Raises TextRefused.
    """
    _check_slack(text, max_length=max_length)
    text = _DIRECTION_MARKS.sub(_first_character, _settled(_harmless(text)))
    lines = (" ".join(line.split()) for line in _NEWLINES.sub("\n", text).split("\n"))
    return _within(_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip(), max_length=max_length)


def initial_form(name: str) -> str:
    """Shorten a clean name to the first name and an initial: "Maria del Carmen" becomes "Maria d.".

    A single word stays as it is. Names in Han or Hangul are written family name first and often in one word,
    so each of their words keeps its first character: "王小明" becomes "王〇〇".
    """
    family, comma, given = name.partition(", ")
    words = _MIDDLE_DOT.sub(" ", f"{given} {family}" if comma else name).split()
    if not words:
        return ""
    if all(_IDEOGRAPHS.fullmatch(word) for word in words):
        return " ".join(word[0] + _HIDDEN * (len(word) - 1) for word in words)
    initials = (initial for word in words[1:] if (initial := _initial(word)))
    return " ".join([words[0], *(f"{initial}." for initial in list(initials)[:1])])


def _check_slack(text: str, *, max_length: int) -> None:
    if len(text) > _SLACK * max_length + 1000:
        raise TextRefused("too_long")


def _harmless(text: str) -> str:
    if "\0" in text:
        raise TextRefused("nul")
    if _SURROGATES.search(text):
        raise TextRefused("surrogate")
    text = _HARMFUL.sub("", text).replace(_BLANK_BRAILLE, " ")
    return text if text.isascii() else _TAGS.sub(r"\1", text)


def _settled(text: str) -> str:
    if text.isascii():
        return text
    # Marks are capped before normalising too: sorting a very long run of them takes quadratic time.
    # The second round settles what normalising took apart, so that cleaning again changes nothing.
    return _without_excess(unicodedata.normalize("NFC", _without_excess(text)))


def _without_excess(text: str) -> str:
    return _STRAY_JOINERS.sub("", _with_few_marks(text))


def _with_few_marks(text: str) -> str:
    """Keep at most MARKS_PER_LETTER combining marks on a letter, and none without one."""
    if text.replace(" ", "").isalpha():  # marks are no letters; most names need no closer look
        return text
    kept, room = [], 0
    for character in text:
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            room -= 1
            if room < 0:
                continue
        elif character.isspace():
            room = 0
        elif category != "Cf":  # an invisible character does not begin a new letter
            room = MARKS_PER_LETTER
        kept.append(character)
    return "".join(kept)


def _first_character(found: re.Match[str]) -> str:
    return found[0][0]


def _within(text: str, *, max_length: int) -> str:
    if len(text) > max_length:
        raise TextRefused("too_long")
    return text


def _initial(word: str) -> str:
    """Give the first letter or digit of a word with its marks, after the Arabic article."""
    if word.startswith("ال") and len(word) > 3:
        word = word[2:]
    for position, character in enumerate(word):
        if character.isalnum():
            end = position + 1
            while end < len(word) and unicodedata.category(word[end]).startswith("M"):
                end += 1
            return word[position:end]
    return ""
