"""The pages of the allow and block lists, for those who moderate."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from tests.web.walls.conftest import Campaign, logged_in
from undersign.foundation.keys import ensure_keys_file
from undersign.moderation.models import ListEntry


def test_a_moderator_writes_a_line_and_takes_it_off(bobs: Campaign, mallorys: Campaign) -> None:
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=timezone.now())
    mo, stranger = logged_in(bobs.moderator), logged_in(mallorys.moderator)
    path = f"/admin/lists/{bobs.organisation.pk}/"
    assert mo.get("/admin/lists/")["Location"] == path
    wrong = {"effect": "block", "kind": "network", "value": "everybody", "reason": "spam"}
    assert "This is not what you chose" in mo.post(path, wrong).content.decode()
    past = timezone.now() - timedelta(days=1)
    late = {**wrong, "value": "192.0.2.0/24", "expires_at": past.strftime("%Y-%m-%d %H:%M")}
    assert "This moment has passed" in mo.post(path, late).content.decode()
    assert mo.post(path, {**wrong, "kind": "address", "value": "m@mail.example"}).status_code == 302
    assert "m@mail.example" in mo.get(path).content.decode()
    line = ListEntry.objects.get()
    assert stranger.post(f"{path}{line.pk}/remove/").status_code == 404
    assert mo.post(f"{path}{line.pk}/remove/").status_code == 302
    assert "Nothing is listed" in mo.get(path).content.decode()


def test_an_editor_keeps_no_lists(bobs: Campaign) -> None:
    editor = logged_in(bobs.editor)
    assert editor.get(f"/admin/lists/{bobs.organisation.pk}/").status_code == 404
    assert "Allow and block" not in editor.get("/admin/").content.decode()
