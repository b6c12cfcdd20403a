"""What surrounds every public page."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language_bidi, get_language_info, override

from undersign.supporters.models import Organisation, OrganisationNotice
from undersign.web.addresses import public_path
from undersign.web.composition.pictures import logo_of
from undersign.web.markdown import markdown_html
from undersign.web.models import Branding
from undersign.web.presentation.frame import Direction, Frame, LanguageLink, OrganisationView
from undersign.web.theme import DEFAULT_ACCENT
from undersign.web.themes import theme_path


def frame_of(organisation: Organisation, *, language: str, paths: Mapping[str, str], feed: str = "") -> Frame:
    """Make the frame of an organisation's page; `paths` has the page's path in each of its languages."""
    branding = branding_of(organisation)
    return Frame(
        language=language,
        organisation=organisation_view(organisation, language=language),
        theme_url=theme_path(branding.accent if branding else DEFAULT_ACCENT),
        direction=direction_of(language),
        languages=language_links(paths, current=language),
        canonical_url=settings.BASE_URL + paths[language],
        feed_url=feed,
    )


def bare_frame(language: str) -> Frame:
    """Make a frame that needs no database, for the pages shown when it is away or nothing was found."""
    return Frame(language=language, organisation=None, direction=direction_of(language))


def organisation_view(organisation: Organisation, *, language: str) -> OrganisationView:
    """Say who speaks on a page, with the notices in its language or else in the organisation's own."""
    notice, branding = notice_of(organisation, language), branding_of(organisation)
    return OrganisationView(
        name=organisation.name,
        home_url=public_path(f"o/{organisation.slug}/", language=language),
        postal_address=organisation.postal_address,
        sender=organisation.sender_email,
        privacy_notice=markdown_html(notice.privacy_notice if notice else ""),
        imprint=markdown_html(notice.imprint if notice else ""),
        logo=logo_of(branding.logo) if branding and branding.logo else None,
    )


def branding_of(organisation: Organisation) -> Branding | None:
    """Find how an organisation looks; None while it has chosen nothing."""
    branding: Branding | None = getattr(organisation, "branding", None)
    return branding


def notice_of(organisation: Organisation, language: str) -> OrganisationNotice | None:
    """Find the notice in a language, or else in the organisation's own, or else any."""
    notices = {notice.locale: notice for notice in organisation.notices.all()}
    fallback = notices.get(organisation.default_locale, next(iter(notices.values()), None))
    return notices.get(language, fallback)


def language_links(paths: Mapping[str, str], *, current: str) -> tuple[LanguageLink, ...]:
    """List the languages of a page by their own names, in the order of the settings."""
    return tuple(
        LanguageLink(
            code=code,
            name=get_language_info(code)["name_local"],
            url=paths[code],
            is_current=code == current,
        )
        for code, _name in settings.LANGUAGES
        if code in paths
    )


def direction_of(language: str) -> Direction:
    """Tell which way a language is written."""
    with override(language):
        return "rtl" if get_language_bidi() else "ltr"
