"""Mallory works for one organisation and walks every address of the editing side with Bob's things."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.documents import get_document_model
from wagtail.models import Page, PageLogEntry, UploadedFile

from tests.web.walls.admin_walk import Walk, addresses, seen
from tests.web.walls.conftest import NOON, Campaign, logged_in
from undersign.delivery.models import SignatureExport
from undersign.foundation.models import AuditEntry
from undersign.messaging.models import OfflineMail
from undersign.moderation.models import ListEntry, NameSearch, Removal
from undersign.supporters.models import Role
from undersign.supporters.services import ask_create, membership_remove
from undersign.web.admin.walls import gate

BOBS_WORD = "kestrelwood"
HARMLESS = frozenset(
    {
        "wagtailadmin_editing_sessions:release",  # ends sessions of one's own, answers {} to every number
        "wagtailadmin_password_reset_confirm",  # says to everybody that the link is not valid
    }
)


def walk_with(bobs: Campaign, client: Client) -> Walk:
    """Fill every parameter of every address with something of Bob's."""
    document = get_document_model().objects.create(
        title=f"{bobs.organisation} document",
        file=bobs.image.file,
        collection=bobs.organisation.wall.collection,
        uploaded_by_user=bobs.organiser,
    )
    page, revision = bobs.petition, bobs.petition.latest_revision
    session = EditingSession.objects.create(user=bobs.organiser, content_object=page, last_seen_at=NOON)
    upload = UploadedFile.objects.create(uploaded_by_user=bobs.organiser, file=bobs.image.file)
    group = bobs.organiser.groups.get()
    ask = ask_create(
        organisation=bobs.organisation, purpose=bobs.organisation.slug, channel="email", by=None, at=NOON
    )
    export = SignatureExport.objects.create(
        petition=page.petition,
        requested_by=bobs.organiser,
        at=NOON,
        format="csv",
        status="ready",
        progressed_at=NOON,
        expires_at=timezone.now() + timedelta(days=1),
    )
    removal = Removal.objects.create(
        petition=page.petition,
        requested_by=bobs.organiser,
        at=timezone.now(),
        criteria={"source": bobs.organisation.slug},
        reason="other",
        words=bobs.organisation.slug,
        status="done",
        expected=1,
        removed=1,
        progressed_at=NOON,
    )
    search = NameSearch.objects.create(
        petition=page.petition,
        requested_by=bobs.organiser,
        at=NOON,
        why=bobs.organisation.slug,
        progressed_at=NOON,
    )
    letter = OfflineMail.objects.create(organisation=bobs.organisation, at=NOON, sealed=b"never opened")
    entry = ListEntry.objects.create(
        organisation=bobs.organisation,
        effect="block",
        kind="domain",
        value=f"{bobs.organisation.slug}.example",
        reason=bobs.organisation.slug,
        made_at=NOON,
    )
    every_pk = [
        letter.pk,
        page.pk,
        bobs.image.pk,
        document.pk,
        bobs.organisation.pk,
        bobs.organiser.pk,
        bobs.organiser.memberships.get().pk,
        bobs.organisation.wall.collection.pk,
        group.pk,
        PageLogEntry.objects.first().pk,
        AuditEntry.objects.first().pk,
        page.petition_id,
    ]
    values = {
        "page_id": [page.pk, bobs.home.pk],
        "parent_page_id": [bobs.home.pk],
        "page_to_move_id": [page.pk],
        "destination_id": [bobs.home.pk],
        "revision_id": [revision.pk],
        "revision_id_a": ["earliest", revision.pk],
        "revision_id_b": ["latest"],
        "image_id": [bobs.image.pk],
        "document_id": [document.pk],
        "doc_id": [document.pk],
        "uploaded_file_id": [upload.pk],
        "collection_id": [bobs.organisation.wall.collection.pk],
        "pk": every_pk,
        "export_id": [export.pk],
        "removal_id": [removal.pk],
        "search_id": [search.pk],
        "entry_pk": [entry.pk],
        "page_pk": [page.pk],
        "workflow_pk": [1],
        "workflow_state_id": [1],
        "task_state_id": [1],
        "task_id": [1],
        "session_id": [session.pk],
        "object_id": [page.pk],
        "app_label": ["wagtailcore", "web"],
        "model_name": ["page", "petitionpage", "campaignimage", "organisation"],
        "app_name": ["taggit"],
        "content_type_app_name": ["wagtailcore", "web"],
        "content_type_model_name": ["page", "petitionpage"],
        "action": ["delete", "move", "publish", "unpublish", "add_tags", "add_to_collection"],
        "locale": ["en"],
        "ask_pk": [ask.pk],
        "user_pk": [bobs.organiser.pk],
        "name": ["close", "declare-won", "pause-signing", "signing_paused", "read_only"],
        "action_name": ["delete", "copy", "move", "publish", "unpublish", "create_alias", "approve"],
        "filter_spec": ["width-10"],
        "uidb64": ["MQ"],
        "token": ["abc-def"],
    }
    asked = {
        "id": [page.pk, bobs.image.pk],
        "q": BOBS_WORD[:8],
        "term": BOBS_WORD[:8],
        "childOf": bobs.home.pk,
        "child_of": bobs.home.pk,
        "collection_id": bobs.organisation.wall.collection.pk,
        "owner": bobs.organiser.pk,
        "edited_by": bobs.organiser.pk,
        "tag": f"{BOBS_WORD[:8]}",
        "page_type": "wagtailcore.page",
    }
    filled = {
        "id": page.pk,
        "new_parent_page": bobs.home.pk,
        "new_title": "x",
        "new_slug": "x",
        "title": "x",
        "slug": "x",
        "collection": bobs.organisation.wall.collection.pk,
        "chosen": bobs.image.pk,
        "email": bobs.organiser.email,
        "role": "organiser",
        "pattern": "*",
        "why": "x",
        "reason": "other",
        "words": "",
        "action-publish": "1",
    }
    return Walk(client, values, asked, filled, BOBS_WORD, HARMLESS)


def test_no_address_shows_or_changes_anything_of_another_organisation(
    bobs: Campaign, mallorys: Campaign
) -> None:
    walk = walk_with(bobs, logged_in(mallorys.organiser))
    before = state_of(bobs)
    assert "\n".join(walk.findings()) == ""
    assert state_of(bobs) == before


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MODERATOR])
def test_no_role_sees_anything_of_another_organisation(
    bobs: Campaign, mallorys: Campaign, role: Role
) -> None:
    walk = walk_with(bobs, logged_in(mallorys.member(role)))
    assert "\n".join(walk.findings(ways=["GET?"])) == ""


def test_somebody_without_any_organisation_gets_nowhere(bobs: Campaign, mallorys: Campaign) -> None:
    membership_remove(organisation=mallorys.organisation, user=mallorys.editor, by=None, at=NOON)
    assert "\n".join(walk_with(bobs, logged_in(mallorys.editor)).findings(ways=["GET"])) == ""


def test_what_mallory_may_see_of_her_own_names_nobody_else(bobs: Campaign, mallorys: Campaign) -> None:
    walk = walk_with(mallorys, logged_in(mallorys.organiser))
    findings = replace(walk, marker=BOBS_WORD, is_own=True).findings(ways=["GET"])
    assert "\n".join(findings) == ""


def test_the_walk_goes_everywhere_bob_can_go(bobs: Campaign) -> None:
    walk = walk_with(bobs, logged_in(bobs.organiser))
    paths = [address.path for address in addresses(walk.values) if address.name != "wagtailadmin_logout"]
    shown = [path for path in paths if BOBS_WORD in seen(walk.client.get(path)).lower()]
    assert len(paths) > 200
    assert len(shown) > 25


def test_the_walk_would_find_an_open_gate(
    bobs: Campaign, mallorys: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_is_admitted", lambda _request, _match: True)
    names = {
        "wagtailadmin_choose_page_child",
        "wagtailadmin_choose_page_chosen_multiple",
        "wagtailadmin_reports:site_history",
    }
    findings = walk_with(bobs, logged_in(mallorys.organiser)).findings(names=names)
    assert {line.split()[1] for line in findings if BOBS_WORD in line} == names


def state_of(campaign: Campaign) -> list[object]:
    """Return whatever Mallory could want to change."""
    pages = Page.objects.descendant_of(campaign.home, inclusive=True).order_by("pk")
    return [
        list(pages.values("pk", "title", "live", "locked", "path", "has_unpublished_changes", "draft_title")),
        list(type(campaign.image).objects.filter(pk=campaign.image.pk).values("title", "collection_id")),
        list(campaign.organisation.memberships.order_by("pk").values("user_id", "role")),
        list(campaign.petition.petition.removals.values("status", "restored")),
        list(campaign.petition.petition.name_searches.values("pk")),
        list(AuditEntry.objects.filter(organisation_id=campaign.organisation.pk).values("pk")),
    ]
