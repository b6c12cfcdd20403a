"""The place an organisation gets in Wagtail: a shelf for images, a group for each role, its pages."""

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import QuerySet
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, Locale, Page

from undersign.supporters.models import Organisation, Role
from undersign.web.models import OrganisationPage, RoleGroup, Wall
from undersign.web.models.wall import permissions_on

GROUP_NAMES: Mapping[str, str] = {
    Role.ORGANISER: "Organisers of {name}",
    Role.EDITOR: "Editors of {name}",
    Role.MODERATOR: "Moderators of {name}",
}
IMAGE_PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    Role.ORGANISER: ("add", "change", "delete", "choose"),
    Role.EDITOR: ("add", "choose"),  # “change” lets Wagtail delete as well; “add” does for their own
    Role.MODERATOR: (),
}
TRANSLATING_ROLES = frozenset({Role.ORGANISER, Role.EDITOR})
LONGEST_GROUP_NAME = 150  # of Django's Group


@transaction.atomic
def wall_build(*, organisation: Organisation) -> Wall:
    """Make the shelf and the groups of an organisation."""
    collection = Collection.get_first_root_node().add_child(name=organisation.name[:255])
    wall = Wall.objects.create(organisation=organisation, collection=collection)
    for role in Role:
        group = Group.objects.create(name=_group_name(organisation, role))
        RoleGroup.objects.create(wall=wall, role=role, group=group)
        group.permissions.set(_permissions_everywhere(role))
        # Wagtail keeps the permissions of every image model on its own one.
        for permission in permissions_on(Image, IMAGE_PERMISSIONS[role]):
            GroupCollectionPermission.objects.create(
                group=group, collection=collection, permission=permission
            )
    return wall


@transaction.atomic
def home_open(*, wall: Wall) -> OrganisationPage:
    """Publish the organisation's page in its first language and let its roles in.

    A page in a further language opens the same doors by itself, see OrganisationPage.
    """
    organisation = wall.organisation
    locale, _ = Locale.objects.get_or_create(language_code=organisation.default_locale)
    page = OrganisationPage(
        title=organisation.name, slug=organisation.slug, organisation=organisation, locale=locale
    )
    home: OrganisationPage = Page.get_first_root_node().add_child(instance=page)
    wall.let_in(home)
    return home


@transaction.atomic
def member_place(*, organisation: Organisation, user: User, role: str | None) -> None:
    """Put `user` into the group of `role` and out of the organisation's other groups."""
    for role_group in _role_groups(organisation):
        if role_group.role == role:
            user.groups.add(role_group.group)
        else:
            user.groups.remove(role_group.group)


def _role_groups(organisation: Organisation) -> QuerySet[RoleGroup]:
    return RoleGroup.objects.filter(wall__organisation=organisation).select_related("group")


def _group_name(organisation: Organisation, role: Role) -> str:
    """Two organisations may share a name and group names are unique, so the slug tells them apart."""
    suffix = f" ({organisation.slug})"
    return GROUP_NAMES[role].format(name=organisation.name)[: LONGEST_GROUP_NAME - len(suffix)] + suffix


def _permissions_everywhere(role: Role) -> list[Permission]:
    wanted = [("wagtailadmin", "access_admin")]
    if role in TRANSLATING_ROLES:
        wanted.append(("simple_translation", "submit_translation"))
    return [
        Permission.objects.get(content_type__app_label=app_label, codename=codename)
        for app_label, codename in wanted
    ]
