from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from undersign.supporters.models import Membership, Organisation, Role
from undersign.web.models import OrganisationPage, PetitionPage


@pytest.fixture
def rivers(db: None) -> OrganisationPage:
    """Free Rivers, with its place in the tree."""
    organisation = Organisation.objects.create(
        slug="rivers",
        name="Free Rivers",
        postal_address="1 Weir Lane, Ouse",
        sender_name="Free Rivers",
        sender_email="hello@rivers.example",
    )
    root = Page.objects.get(depth=1)
    page: OrganisationPage = root.add_child(
        instance=OrganisationPage(title="Free Rivers", organisation=organisation)
    )
    return page


@pytest.fixture
def mills(db: None) -> OrganisationPage:
    """Another organisation on the same instance."""
    organisation = Organisation.objects.create(
        slug="mills", name="Mills", postal_address="x", sender_name="M", sender_email="m@mills.example"
    )
    root = Page.objects.get(depth=1)
    page: OrganisationPage = root.add_child(
        instance=OrganisationPage(title="Mills", organisation=organisation)
    )
    return page


@pytest.fixture
def bob(rivers: OrganisationPage) -> User:
    """Bob campaigns: he writes and publishes for Free Rivers, and for nobody else."""
    bob = User.objects.create_user("bob@rivers.example", email="bob@rivers.example")
    Membership.objects.create(organisation=rivers.organisation, user=bob, role=Role.ORGANISER)
    group = Group.objects.create(name="Organisers of Free Rivers")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "submit_translation"]))
    for codename in ["add_page", "change_page", "publish_page", "bulk_delete_page"]:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=rivers, permission=permission)
    bob.groups.add(group)
    return bob


@pytest.fixture
def browser(client: Client, bob: User) -> Client:
    """Bob's browser."""
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    return client


def petition_form(**changed: Any) -> dict[str, Any]:
    """What the editor sends for a whole petition; `changed` replaces fields."""
    fields = {
        "title": "Open the weir",
        "slug": "open-the-weir",
        "ask": "Open the weir at Ouse for the salmon.",
        "photo": "",
        "goal": "Salmon spawn above Ouse again.",
        "story": streamfield(
            [
                ("heading", "A century of concrete"),
                ("paragraph", rich_text("<p>The weir has been shut <b>since 1911</b>.</p>")),
                ("quote", {"quote": "I have not seen a salmon here in my life.", "attribution": "Ida, 92"}),
            ]
        ),
        "salutation": "Dear Minister,",
        "letter": rich_text("<p>We ask you to open the weir.</p>"),
        "signoff_name": "Bob Reed",
        "signoff_role": "Campaigner",
        "signoff_words": "",
        "thank_you": rich_text("<p>Thank you.</p>"),
        "outcome": rich_text(""),
        "targets": inline_formset(
            [{"name": "Cleo Marsh", "role": "Minister for Water", "organisation": "", "record": "Silence."}]
        ),
        "sources": inline_formset(
            [
                {
                    "title": "Fish counts 1900–2025",
                    "publisher": "River Board",
                    "published_on": "2025-03-01",
                    "url": "https://rivers.example/counts",
                }
            ]
        ),
        "comments": inline_formset([]),
    }
    form: dict[str, Any] = nested_form_data({**fields, **changed})
    return form


Write = Callable[..., PetitionPage]


@pytest.fixture
def write(browser: Client, rivers: OrganisationPage) -> Write:
    """Have Bob write a petition in the browser; `publish=True` presses that button."""

    def write(*, publish: bool = False, **changed: Any) -> PetitionPage:
        button = {"action-publish": "1"} if publish else {}
        address = reverse("wagtailadmin_pages:add", args=["web", "petitionpage", rivers.pk])
        response = browser.post(address, petition_form(**changed) | button)
        assert response.status_code == 302, response.context["form"].errors
        page: PetitionPage = PetitionPage.objects.latest("pk")
        return page

    return write


Edit = Callable[..., Any]


@pytest.fixture
def edit(browser: Client) -> Edit:
    """Have Bob change a petition in the browser and return the answer."""

    def edit(page: PetitionPage, *, publish: bool = False, **changed: Any) -> Any:
        targets = [
            {"id": row.pk, "name": row.name, "role": row.role, "organisation": "", "record": row.record}
            for row in page.targets.all()
        ]
        sources = [
            {"id": row.pk, "title": row.title, "publisher": row.publisher, "published_on": "", "url": row.url}
            for row in page.sources.all()
        ]
        fields = {
            "targets": inline_formset(targets, initial=len(targets)),
            "sources": inline_formset(sources, initial=len(sources)),
            "slug": page.slug,
        }
        button = {"action-publish": "1"} if publish else {}
        address = reverse("wagtailadmin_pages:edit", args=[page.pk])
        return browser.post(address, petition_form(**(fields | changed)) | button)

    return edit
