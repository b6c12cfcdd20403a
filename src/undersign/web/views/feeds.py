"""What programs read: the feed of an organisation, the map of the site, the rules for robots."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from io import StringIO
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from undersign.foundation.changes import SITE, organisation_topic, petition_topic
from undersign.supporters.models import Organisation
from undersign.web.addresses import public_path
from undersign.web.composition.organisations import languages_of, pages_shown
from undersign.web.composition.petitions import petition_path
from undersign.web.models import PetitionPage
from undersign.web.views.organisations import organisation_or_404
from undersign.web.views.public import Keeping, keep

FEED_MAX_AGE = 60  # seconds
ROBOTS_MAX_AGE = 3600
ENTRIES = 50
MAP_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
LINK_SPACE = "http://www.w3.org/1999/xhtml"
# Below any language. People signed a petition, not a directory; the rest is between one visitor and us.
UNLISTED = ("/confirm/", "/p/*/confirm/", "/p/*/inbox/", "/p/*/names/", "/p/*/share/", "/p/*/thanks/")


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Give an organisation's newest petitions in one language as Atom (RFC 4287)."""
    language = get_language()
    organisation = organisation_or_404(slug, language)
    pages = tuple(pages_shown(organisation).filter(language=language)[:ENTRIES])
    here = settings.BASE_URL + public_path(f"o/{slug}/", language=language)
    atom = Atom1Feed(
        title=organisation.name,
        link=here,
        description="",
        language=language,
        author_name=organisation.name,
        feed_url=f"{here}feed.xml",
    )
    for page in pages:
        _entry(atom, page)
    topics = (organisation_topic(organisation.pk), *(petition_topic(page.petition_id) for page in pages))
    response = HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)
    return keep(response, Keeping(topics=(SITE, *topics), max_age=FEED_MAX_AGE))


def _entry(atom: Atom1Feed, page: PetitionPage) -> None:
    address = settings.BASE_URL + petition_path(page)
    atom.add_item(
        title=page.title,
        link=address,
        description=page.ask,
        unique_id=address,
        pubdate=page.petition.published_at,
        updateddate=page.last_published_at or page.petition.published_at,
    )


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every page that search engines may show, each with its other languages (sitemaps.org)."""
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startDocument()
    xml.startElement("urlset", AttributesImpl({"xmlns": MAP_SPACE, "xmlns:xhtml": LINK_SPACE}))
    for addresses in _addresses():
        for address in addresses.values():
            _location(xml, address, addresses)
    xml.endElement("urlset")
    xml.endDocument()
    response = HttpResponse(out.getvalue(), content_type="application/xml; charset=utf-8")
    return keep(response, Keeping(topics=(SITE,), max_age=FEED_MAX_AGE))


def _addresses() -> Iterable[Mapping[str, str]]:
    """Give the addresses of each thing that has a page, by language."""
    by_petition: defaultdict[str, list[str]] = defaultdict(list)
    for slug, language in pages_shown().values_list("petition__slug", "language"):
        by_petition[slug].append(language)
    spoken = {language for languages in by_petition.values() for language in languages}
    yield _in_languages("", spoken | {settings.LANGUAGE_CODE})
    for organisation in Organisation.objects.order_by("slug"):
        yield _in_languages(f"o/{organisation.slug}/", languages_of(organisation))
    for slug, languages in by_petition.items():
        yield _in_languages(f"p/{slug}/", languages)


def _in_languages(path: str, languages: Iterable[str]) -> Mapping[str, str]:
    return {code: settings.BASE_URL + public_path(path, language=code) for code in sorted(languages)}


def _location(xml: SimplerXMLGenerator, address: str, addresses: Mapping[str, str]) -> None:
    xml.startElement("url", AttributesImpl({}))
    xml.addQuickElement("loc", address)
    if len(addresses) > 1:
        for code, other in addresses.items():
            xml.addQuickElement("xhtml:link", attrs={"rel": "alternate", "hreflang": code, "href": other})
    xml.endElement("url")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what to leave alone (RFC 9309)."""
    prefixes = ("", *(f"/{code.lower()}" for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE))
    closed = ["/admin/", *(prefix + path for prefix in prefixes for path in UNLISTED)]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    return keep(response, Keeping(max_age=ROBOTS_MAX_AGE))
