"""Whatever a document holds, its file reads back as the same document."""

from hypothesis import HealthCheck, given, settings

from tests.web.petition_documents import DOCUMENTS, PROSE, STORIES
from undersign.web.exchange.document import PetitionDocument
from undersign.web.exchange.errors import Report
from undersign.web.exchange.front_matter import read_yaml, split_front_matter
from undersign.web.exchange.markdown_in import Reading, prose_read, story_read
from undersign.web.exchange.markdown_out import prose_markdown
from undersign.web.exchange.prose import Prose
from undersign.web.exchange.reading import document_of
from undersign.web.exchange.rich_text import prose_from_html, prose_html
from undersign.web.exchange.story import Story
from undersign.web.exchange.story_out import story_markdown
from undersign.web.exchange.writing import document_text

thorough = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@thorough
@given(PROSE)
def test_prose_is_the_same_after_markdown(prose: Prose) -> None:
    report = Report("x.md")
    assert prose_read(prose_markdown(prose), Reading(report)) == prose
    assert report.problems == []


@thorough
@given(PROSE)
def test_prose_is_the_same_after_html(prose: Prose) -> None:
    assert prose_from_html(prose_html(prose)) == prose


@thorough
@given(STORIES)
def test_a_story_is_the_same_after_markdown(story: Story) -> None:
    report = Report("x.md")
    assert story_read(story_markdown(story), Reading(report)) == story
    assert report.problems == []


@thorough
@given(DOCUMENTS)
def test_a_document_is_the_same_after_its_file(document: PetitionDocument) -> None:
    text = document_text(document)
    report = Report("petition.en.md")
    split = split_front_matter(text, report)
    assert split is not None
    entry = read_yaml(split.front_matter, report)
    assert entry is not None
    read = document_of(entry, split)
    assert report.problems == []
    assert read == document
    assert document_text(read) == text
