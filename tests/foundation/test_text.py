import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.steps import steps_of
from undersign.foundation.text import TextRefused, clean_line, clean_text, initial_form

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
# What hypothesis would seldom draw by itself: marks, joiners, direction controls, tags, white space.
TRICKY = st.text(
    st.sampled_from(
        "aé\u0301\u0300\u0344\u0316\u0958\u093c\u200c\u200d\u200e\u200f\u202e\u2066\u2800"
        "\ufe0f\u0627\u0653\U0001f3f4\U000e0067\U000e0062\U000e007f \n\r\t\x1c\x85\u2028\u3000\u115f\u1100"
    ),
    max_size=30,
)
CLEANERS = st.sampled_from([clean_line, clean_text])
NAMES = [
    "O'Brien-Łukasz",
    "X Æ A-12",
    "Nguyễn Thị Minh Khai",
    "José María de la Ó",
    "Zoë Ångström",
    "د. محمد العربي",
    "عائشة بنت أبي بكر",
    "مُحَمَّد",
    "می\u200cخواهم",
    "שָׁלוֹם עֲלֵיכֶם",
    "王小明",
    "山田 太郎",
    "葛\U000e0100飾",
    "김민수",
    "マリア・ガルシア",
    "ศิริพร",
    "ശ്രീജിത്ത്",
    "രാജന്\u200d",
    "क्\u200dष",
    "བསྒྲུབས་",
    "Ольга Петрівна",
    "Ἀλέξανδρος",
    "Hawaiʻi Kamāmalu",
    "👩\u200d👩\u200d👧 Sam",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f Fiona",
    "❤️ Ana",
    "R2-D2 (Rob)",
    "Smith & Sons <3",
]


@pytest.mark.parametrize("name", NAMES)
def test_real_names_come_through_unchanged(name: str) -> None:
    name = unicodedata.normalize("NFC", name)
    assert clean_line(name, max_length=100) == name
    assert clean_text(name, max_length=100) == name


@given(clean=CLEANERS, text=ANY_TEXT | TRICKY)
def test_cleaning_twice_changes_nothing_more(clean: Callable[..., str], text: str) -> None:
    once = clean(text, max_length=200)
    assert clean(once, max_length=200) == once
    assert unicodedata.is_normalized("NFC", once)


@given(text=ANY_TEXT | TRICKY)
def test_a_line_is_one_line_without_edges_or_controls(text: str) -> None:
    line = clean_line(text, max_length=200)
    assert line == " ".join(line.split())
    assert not any(unicodedata.category(character) == "Cc" for character in line)


@given(text=ANY_TEXT | TRICKY)
def test_a_text_has_no_control_but_its_newlines(text: str) -> None:
    cleaned = clean_text(text, max_length=200)
    assert "\n\n\n" not in cleaned
    assert cleaned == cleaned.strip()
    assert {c for c in cleaned if unicodedata.category(c) in {"Cc", "Zl", "Zp"}} <= {"\n"}


@given(clean=CLEANERS, text=ANY_TEXT | TRICKY)
def test_no_override_of_direction_survives(clean: Callable[..., str], text: str) -> None:
    assert not set(clean(text, max_length=200)) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


@pytest.mark.parametrize(
    ("text", "code"), [("a\0b", "nul"), ("a\ud800b", "surrogate"), ("a" * 11, "too_long")]
)
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_what_cannot_be_taken_is_refused_with_a_code(clean: Callable[..., str], text: str, code: str) -> None:
    with pytest.raises(TextRefused) as caught:
        clean(text, max_length=10)
    assert caught.value.code == code


def test_length_is_counted_in_characters_after_cleaning() -> None:
    assert clean_line("  王小明\u202e  ", max_length=3) == "王小明"
    assert clean_line("e\u0301" * 3, max_length=3) == "ééé"


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("", ""),
        (" \t\n\u3000\u2800\u3164 ", ""),
        ("Mallory\u202egnp.exe", "Mallorygnp.exe"),
        ("Al\u200bi\u200dce\u200c", "Alice"),
        ("Ali\ufeffce\xad", "Alice"),
        ("Alice\x1b[31m", "Alice[31m"),
        ("Alice\r\nBcc: bob@example.org", "Alice Bcc: bob@example.org"),
        ("\u0301Alice \u0301Smith", "Alice Smith"),
        ("a\u0301 \u0301 b", "á b"),
        ("Alice\U000e0041\U000e0042", "Alice"),
    ],
)
def test_the_invisible_and_the_harmful_go(typed: str, clean: str) -> None:
    assert clean_line(typed, max_length=100) == clean


def test_a_letter_carries_no_tower_of_marks() -> None:
    for between in ("", "\u200d", "\u200e", "\u2060"):
        tower = "Z" + (between + "\u0316\u0301\u0489") * 200
        assert len(clean_text(tower, max_length=1000)) < 20 + 200 * (between == "\u200e")
        marks = [c for c in clean_text(tower, max_length=1000) if unicodedata.category(c) in {"Mn", "Me"}]
        assert len(marks) <= 6


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("Dear\r\n\r\n\r\n\r\nminister,\rplease  do\u2028it\x85now", "Dear\n\nminister,\nplease do\nit\nnow"),
        ("\n\n  first\n   second\t third \n\n", "first\nsecond third"),
        ("שלום!\u200f\u200f ok", "שלום!\u200f ok"),
    ],
)
def test_a_text_keeps_its_paragraphs(typed: str, clean: str) -> None:
    assert clean_text(typed, max_length=1000) == clean


@pytest.mark.parametrize(
    "piece", ["\u0316\u0301", "a", "\u200d", " \n", "\u200e", "\U0001f3f4\U000e0067", "\u3000"]
)
def test_ten_million_characters_are_refused_unread(piece: str) -> None:
    typed = piece * (10_000_000 // len(piece))

    def clean() -> None:
        with pytest.raises(TextRefused, match="too_long"):
            clean_text(typed, max_length=2000)

    assert steps_of(clean) < 1000


@pytest.mark.parametrize(
    "piece", ["\u0316\u0301", "\u200d", " \n", "\u200e", "\U0001f3f4\U000e0067", "\u3000"]
)
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    def cost(length: int) -> int:
        return steps_of(lambda: clean_text(piece * (length // len(piece)), max_length=100_000))

    assert cost(30_000) < 2.2 * cost(15_000) + 100


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Maria del Carmen", "Maria d."),
        ("Alice", "Alice"),
        ("Alice Smith", "Alice S."),
        ("Anna-Maria O'Brien", "Anna-Maria O."),
        ("Łukasz Żak", "Łukasz Ż."),
        ("X Æ A-12", "X Æ."),
        ("Anna (Smith)", "Anna S."),
        ("Smith, Anna", "Anna S."),
        ("Smith,", "Smith,"),
        ("Bob !!!", "Bob"),
        ("محمد العربي", "محمد ع."),
        ("मीरा कुमारी", "मीरा कु."),
        ("王小明", "王〇〇"),
        ("山田 太郎", "山〇 太〇"),
        ("김민수", "김〇〇"),
        ("マリア・ガルシア", "マリア ガ."),
        ("さくら", "さくら"),
        ("", ""),
    ],
)
def test_first_name_and_initial(name: str, short: str) -> None:
    assert initial_form(name) == short


@given(text=ANY_TEXT | TRICKY)
def test_the_short_form_of_any_name_is_a_clean_line(text: str) -> None:
    short = initial_form(clean_line(text, max_length=200))
    assert clean_line(short, max_length=400) == short


@given(
    first=st.from_regex(r"[A-Za-zÀ-ÖØ-öø-ÿ]{1,9}", fullmatch=True),
    family=st.from_regex(r"[A-Z][a-z]{2,9}", fullmatch=True),
)
def test_the_short_form_hides_the_family_name(first: str, family: str) -> None:
    assert initial_form(f"{first} {family}") == f"{first} {family[0]}."
