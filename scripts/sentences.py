"""Every sentence that the code says in gettext's terms, found without xgettext."""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.utils.translation import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "undersign"
LOCALES = PACKAGE / "locale"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}


def sentences() -> Catalog:
    """Collect what Python and templates say, each sentence with the files that say it."""
    settings.configure(USE_I18N=True)
    template = Catalog()
    for path in (*sorted(PACKAGE.rglob("*.py")), *sorted(PACKAGE.rglob("templates/**/*.*"))):
        said_in = (str(path.relative_to(PACKAGE)), 0)
        for name, context in sentences_in(path):
            template.add(name, context=context, locations=[said_in])
    return template


def sentences_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Indented markup is no indented Python, which is what Babel takes the result for.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, name, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        # templatize writes each sentence as a raw-looking literal; an empty one is the catalogue's header
        if name and name != "":
            yield (tuple(name) if isinstance(name, list | tuple) else name), context
