"""Petition documents made up by hypothesis, in the shapes that a file can hold."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from undersign.web.exchange.document import (
    ConsentAsked,
    PetitionDocument,
    PetitionSettings,
    Photo,
    SignOff,
    Source,
    Target,
)
from undersign.web.exchange.prose import Item, Paragraph, PointList, Run, Style, prose_of
from undersign.web.exchange.story import Block, Heading, Passage, Picture, Quote, Video
from undersign.web.exchange.words import forbidden_character, one_line

# Letters with a meaning in Markdown or YAML are common here, so that they meet often.
LETTERS = st.one_of(
    st.sampled_from(list("ab1 .-—#>+*_`[]()!&;\\<~=|\"'{}:,%@?ß漢ع\u00a0😀")),
    st.characters(exclude_categories=["Cs", "Cc"]),
)
WORDS = st.text(LETTERS, max_size=30).filter(lambda text: not forbidden_character(text))
LINE = WORDS.map(one_line).filter(bool)
MAYBE = WORDS.map(one_line)
LINKS = st.sampled_from(["", "", "https://example.org/a_b?c=(d)&amp=e", "mailto:bob@example.org", "/p/x/<y>"])
STYLES = st.builds(Style, LINKS, st.booleans(), st.booleans())
RUNS = st.builds(
    Run,
    st.text(st.one_of(LETTERS, st.just("\n")), max_size=8).filter(lambda t: not forbidden_character(t)),
    STYLES,
)
INLINE = st.lists(RUNS, max_size=6).map(tuple)


def point_lists(items: st.SearchStrategy[Item]) -> st.SearchStrategy[PointList]:
    return st.builds(PointList, st.booleans(), st.lists(items, min_size=1, max_size=3).map(tuple))


def items_over(items: st.SearchStrategy[Item]) -> st.SearchStrategy[Item]:
    return st.builds(Item, INLINE, st.lists(point_lists(items), max_size=2).map(tuple))


POINT = st.builds(Item, INLINE)
ITEMS = st.one_of(POINT, items_over(POINT), items_over(items_over(POINT)))
PROSE = st.lists(st.one_of(st.builds(Paragraph, INLINE), point_lists(ITEMS)), max_size=4).map(prose_of)
FILES = st.sampled_from(["march.jpg", "a-b_c.png", "1.webp"])
BLOCKS = st.one_of(
    st.builds(Heading, LINE),
    st.builds(Passage, PROSE.filter(bool)),
    st.builds(Quote, st.lists(LINE, min_size=1, max_size=3).map("\n\n".join), MAYBE),
    st.builds(Picture, FILES, MAYBE, MAYBE),
    st.builds(
        Video, FILES, LINE, st.sampled_from(["https://example.net/watch?v=1_2", "https://example.net/(a)"])
    ),
)


def _passages_apart(blocks: list[Block]) -> tuple[Block, ...]:
    """Two passages in a row would be read as one."""
    kept: list[Block] = []
    for block in blocks:
        if not (kept and isinstance(block, Passage) and isinstance(kept[-1], Passage)):
            kept.append(block)
    return tuple(kept)


STORIES = st.lists(BLOCKS, max_size=5).map(_passages_apart)
FIELD = st.sampled_from(["off", "optional", "required"])
SETTINGS = st.builds(
    PetitionSettings,
    country=FIELD,
    postcode=FIELD,
    phone=FIELD,
    reason=FIELD,
    consents=st.lists(
        st.builds(ConsentAsked, st.sampled_from(["updates", "other"]), st.sampled_from(["email", "sms"])),
        unique=True,
    ).map(lambda asks: tuple(sorted(asks))),
    names_per_mailbox=st.integers(1, 2),
    closes_at=st.none()
    | st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    retention_days=st.none() | st.integers(30, 4000),
    state=st.sampled_from(["open", "closed", "won", "lost"]),
)
PERCENT = st.integers(0, 100)
DOCUMENTS = st.builds(
    PetitionDocument,
    slug=st.just("cameras"),
    locale=st.sampled_from(["en", "de", "pt-br"]),
    organisation=st.just("open-streets"),
    title=LINE,
    ask=LINE,
    goal=MAYBE,
    photo=st.none()
    | st.builds(Photo, file=FILES, alt=LINE, credit=MAYBE, focal=st.none() | st.tuples(PERCENT, PERCENT)),
    credits=st.dictionaries(st.sampled_from(["hall.jpg", "2.png"]), LINE, max_size=2).map(
        lambda found: tuple(sorted(found.items()))
    ),
    targets=st.lists(
        st.builds(Target, name=LINE, role=MAYBE, organisation=MAYBE, record=MAYBE), min_size=1, max_size=2
    ).map(tuple),
    salutation=MAYBE,
    letter=st.lists(st.builds(Paragraph, INLINE), max_size=4).map(prose_of).filter(bool),
    story=STORIES,
    sources=st.lists(
        st.builds(
            Source,
            title=LINE,
            publisher=MAYBE,
            published_on=st.none() | st.dates(),
            url=st.sampled_from(["", "https://example.org/a#b: c".replace(" ", "")]),
        ),
        max_size=2,
    ).map(tuple),
    sign_off=st.none() | st.builds(SignOff, name=LINE, role=MAYBE, words=MAYBE),
    thank_you=PROSE,
    outcome=PROSE,
    settings=SETTINGS,
)
