"""What supporters have agreed to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from undersign.supporters.models import Consent, ConsentAsk

FORM = "petition:"


def consents_standing(supporter_ids: Iterable[UUID], *, petition_id: int) -> Mapping[UUID, dict[int, bool]]:
    """Give what each supporter answered on one petition's form and still holds, by the id of the ask.

    A “no” on a form never takes back an earlier “yes”: people leave a box empty for many reasons. A “no” from
    anywhere else, such as a link to unsubscribe, does.
    """
    action = f"{FORM}{petition_id}"
    relevant = Q(action=action) | ~Q(action__startswith=FORM)
    rows = Consent.objects.filter(relevant, supporter__in=list(supporter_ids)).order_by("at", "id")
    standing: defaultdict[UUID, dict[int, bool]] = defaultdict(dict)
    for supporter_id, ask_id, is_given, where in rows.values_list(
        "supporter_id", "wording__ask_id", "is_given", "action"
    ):
        answers = standing[supporter_id]
        if where == action:
            answers[ask_id] = is_given or answers.get(ask_id, False)
        elif ask_id in answers:
            answers[ask_id] = is_given
    return standing


def asks_of(organisation_id: int) -> tuple[ConsentAsk, ...]:
    """Give everything an organisation has ever asked people to agree to, in a steady order."""
    return tuple(ConsentAsk.objects.filter(organisation_id=organisation_id).order_by("purpose", "channel"))


def is_agreeing() -> Exists:
    """Tell, in a query of supporters, who still agrees to something: a “yes” that no later “no” took back.

    As everywhere, a “no” on a form takes back nothing.
    """
    later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), id__gt=OuterRef("id"))
    refusals = Consent.objects.filter(
        later,
        supporter=OuterRef("supporter"),
        wording__ask=OuterRef("wording__ask"),
        is_given=False,
    ).exclude(action__startswith=FORM)
    agreements = Consent.objects.filter(~Exists(refusals), supporter=OuterRef("pk"), is_given=True)
    return Exists(agreements)
