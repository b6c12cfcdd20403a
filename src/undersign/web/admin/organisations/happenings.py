"""What happened in an organisation, in sentences: the audit entries as people read them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst, get_text_list
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from undersign.campaigns.models import Petition
from undersign.foundation.models import AuditEntry
from undersign.supporters.models import Organisation, Role
from undersign.web.models import PetitionPage
from undersign.web.presentation.removals import REASONS

# By action; what is set and released again has a second sentence under “…:off”.
SENTENCES: Mapping[str, Promise] = {
    "petition.created": _("Began a petition at the address “%(slug)s”."),
    "petition.readdressed": _("Gave the petition the address “%(slug)s”."),
    "petition.published": _("Published the petition (%(locale)s)."),
    "petition.unpublished": _("Took the petition off the site (%(locale)s)."),
    "petition.text_published": _("Published new words (%(locale)s), version %(version)s of the text."),
    "petition.form_changed": _("Changed the form and settings: %(fields)s."),
    "petition.closed": _("Closed the petition."),
    "petition.won": _("Declared the petition won."),
    "petition.lost": _("Declared the petition lost."),
    "petition.reopened": _("Opened the petition again."),
    "petition.signing_paused": _("Paused signing."),
    "petition.signing_paused:off": _("Let people sign again."),
    "petition.mail_paused": _("Paused the mails of the petition."),
    "petition.mail_paused:off": _("Let the mails of the petition go out again."),
    "petition.read_only": _("Froze the petition: nobody can sign or confirm."),
    "petition.read_only:off": _("Unfroze the petition."),
    "petition.signers_forgotten": _("Forgot who had signed, as the time for it was over (%(signatures)s)."),
    "signatures.requested": _("Asked for a download of the signatures (%(format)s)."),
    "signatures.downloaded": _("Downloaded the signatures (%(format)s, %(rows)s rows)."),
    "signature.withdrawn": _("Withdrew a signature from “%(petition)s”: %(reason)s"),
    "signature.restored": _("Counted a signature of “%(petition)s” again: %(reason)s"),
    "names.searched": _("Had names searched: %(why)s"),
    "names.read": _("Read %(names)s names that a search had found."),
    "removal.requested": _("Asked to remove about %(expected)s signatures, as %(reason)s."),
    "removal.done": _("Removed %(removed)s signatures, as %(reason)s."),
    "removal.undo_requested": _("Asked to put back %(removed)s signatures."),
    "removal.undone": _("Put back %(restored)s signatures."),
    "attempts.released": _("Let out forms that were held (%(count)s)."),
    "list_entry.added": _("Wrote a line into the allow and block lists: %(reason)s"),
    "list_entry.removed": _("Took a line off the allow and block lists: %(reason)s"),
    "supporter.merged": _("Merged two entries of the same mailbox."),
    "supporter.erased": _("Erased a person who had asked for it."),
    "supporters.forgotten": _("Forgot people whom no signature needs any more: %(supporters)s."),
    "organisation.created": _("Created the organisation “%(name)s”."),
    "organisation.changed": _("Changed the settings: %(fields)s."),
    "notice.written": _("Wrote the privacy notice and imprint (%(locale)s)."),
    "branding.changed": _("Changed logo and colour; the colour is %(accent)s."),
    "membership.added": _("Added a person as %(role)s."),
    "membership.changed": _("Made a person %(role)s."),
    "membership.removed": _("Removed a person, who was %(role)s."),
    "consent_ask.created": _("Added a question that signers may agree to: %(purpose)s."),
    "consent_ask.changed": _("Changed a question that signers may agree to: %(purpose)s."),
    "consent_wording.written": _("Reworded a question that signers may agree to: %(purpose)s."),
}
_FIELDS_OF: Mapping[str, type[Model]] = {
    "petition.form_changed": Petition,
    "organisation.changed": Organisation,
}


@dataclass(frozen=True)
class Happening:
    """One line of the history: who did what, when, and to what."""

    at: datetime
    who: str
    what: str
    subject: str


def happenings(entries: Iterable[AuditEntry]) -> list[Happening]:
    """Put entries into words."""
    listed = list(entries)
    names = _subjects([entry.subject for entry in listed])
    return [
        Happening(entry.at, _who(entry), sentence(entry), names.get(entry.subject, "")) for entry in listed
    ]


def sentence(entry: AuditEntry) -> str:
    """Say what somebody did; an action that nobody put into words yet is shown as it was recorded."""
    action = f"{entry.action}:off" if entry.detail.get("is_on") is False else entry.action
    words = SENTENCES.get(action)
    if words is None:
        return entry.action
    detail = defaultdict(
        str, {name: _worded(entry.action, name, value) for name, value in entry.detail.items()}
    )
    return str(words) % detail


def _who(entry: AuditEntry) -> str:
    return entry.actor_name if entry.actor_name != "system" else gettext("Undersign itself")


def _worded(action: str, name: str, value: Any) -> str:
    if name == "locale":
        return _language(value)
    if name == "role":
        return str(Role(value).label) if value in Role else str(value)
    if name == "reason":
        return str(REASONS.get(value, value))
    if name == "fields":
        names = _field_names(_FIELDS_OF[action])
        return str(get_text_list([names.get(each, each) for each in value], gettext("and")))
    return str(value)


def _language(code: str) -> str:
    try:
        return capfirst(str(get_language_info(code)["name_translated"]))
    except KeyError:
        return code


def _field_names(model: type[Model]) -> dict[str, str]:
    return {
        field.name: str(getattr(field, "verbose_name", field.name))
        for field in model._meta.get_fields()  # noqa: SLF001 -- Django documents it
    }


def _subjects(subjects: Sequence[str]) -> dict[str, str]:
    """Name the petitions and accounts among the subjects; what was done to other things needs no name."""
    petitions = PetitionPage.objects.filter(petition_id__in=_numbers(subjects, "petition"))
    accounts = User.objects.filter(pk__in=_numbers(subjects, "user"))
    return {
        **{f"petition:{page.petition_id}": page.title for page in petitions.order_by("-language")},
        **{f"user:{account.pk}": account.get_username() for account in accounts},
    }


def _numbers(subjects: Sequence[str], kind: str) -> set[int]:
    parts = (subject.partition(":") for subject in subjects)
    return {int(number) for name, _colon, number in parts if name == kind and number.isdecimal()}
