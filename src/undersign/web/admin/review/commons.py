"""What many of the chosen signatures have in common, in words and with a way to choose just those."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django_countries import countries

from undersign.moderation.selection import NO_SOURCE
from undersign.signing.identity import KEYED
from undersign.signing.queries.timelines import Common, Look


@dataclass(frozen=True, slots=True)
class CommonView:
    """One value with its share of what was looked at, in percent; `doubt` is what speaks against it."""

    label: str
    count: int
    percent: float
    url: str
    doubt: str = ""

    @property
    def bar(self) -> str:
        """The share as the length of a bar of 100."""
        return f"{self.percent:.1f}"


@dataclass(frozen=True, slots=True)
class CommonsView:
    """One thing signatures may have in common, with its most frequent values."""

    title: str | Promise
    rows: tuple[CommonView, ...]
    hint: str | Promise = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str | Promise
    field: str  # of CriteriaForm
    label: Callable[[str], str]
    hint: str | Promise = ""


def domain_label(stored: str) -> str:
    """Name a mail domain: itself if it is large, else how to tell it from others."""
    if stored.startswith(KEYED):
        return _("a small domain (%(mark)s)") % {"mark": stored[1:6]}
    return stored or _("unknown")


def source_label(source: str) -> str:
    """Name a source."""
    return source or _("none")


def country_label(code: str) -> str:
    """Name a country."""
    return str(countries.name(code)) or _("not given")


def language_label(code: str) -> str:
    """Name a language."""
    return str(get_language_info(code)["name_translated"])


KINDS: Mapping[str, _Kind] = {
    "network": _Kind(gettext_lazy("Networks"), "network", str),
    "wider": _Kind(gettext_lazy("Larger networks"), "network", str),
    "domain": _Kind(gettext_lazy("Mail domains"), "domain", domain_label),
    "source": _Kind(gettext_lazy("Sources"), "source", source_label),
    "country": _Kind(gettext_lazy("Countries"), "country", country_label),
    "locale": _Kind(gettext_lazy("Languages"), "locale", language_label),
    "name": _Kind(
        gettext_lazy("The same name"),
        "name",
        lambda key: _("a name (%(mark)s)") % {"mark": key[:5]},
        gettext_lazy("Names stay sealed. People with the same name are different people: look further."),
    ),
}


def commons_views(
    look: Look, url_with: Callable[[str, str], str], doubts: Mapping[str, str]
) -> list[CommonsView]:
    """Put into words what `look` found; `url_with` gives the address for one more field and value.

    `doubts` say what speaks against some of the mail domains.
    """
    return [
        CommonsView(
            kind.title,
            _rows(kind, look, look.commons[name], url_with, doubts if name == "domain" else {}),
            kind.hint,
        )
        for name, kind in KINDS.items()
        if look.commons.get(name)
    ]


def _rows(
    kind: _Kind,
    look: Look,
    commons: tuple[Common, ...],
    url_with: Callable[[str, str], str],
    doubts: Mapping[str, str],
) -> tuple[CommonView, ...]:
    none = NO_SOURCE if kind.field == "source" else ""
    return tuple(
        CommonView(
            label=kind.label(common.value),
            count=common.count,
            percent=100 * common.count / look.total,
            url=url_with(kind.field, common.value or none) if common.value or none else "",
            doubt=doubts.get(common.value, ""),
        )
        for common in commons
    )
