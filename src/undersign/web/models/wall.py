"""What Wagtail holds for one organisation, so that its people meet their own things and no others."""

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models import Collection, GroupPagePermission, Page

from undersign.supporters.models import Organisation, Role

PAGE_PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    Role.ORGANISER: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
    Role.EDITOR: ("add", "change"),
    Role.MODERATOR: (),
}


class Wall(models.Model):
    """The shelf for an organisation's images; its role groups and through them its pages."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="wall")
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"wall of {self.organisation}"

    def let_in(self, page: Page) -> None:
        """Give each role its permissions on `page` and everything below it."""
        for role_group in self.role_groups.all():
            for permission in permissions_on(Page, PAGE_PERMISSIONS[role_group.role]):
                GroupPagePermission.objects.get_or_create(
                    group_id=role_group.group_id, page=page, permission=permission
                )


class RoleGroup(models.Model):
    """The group that carries Wagtail's permissions for one role in one organisation."""

    wall = models.ForeignKey(Wall, on_delete=models.CASCADE, related_name="role_groups")
    role = models.CharField(max_length=12, choices=Role.choices)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wall", "role"], name="one_group_per_role"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_group_role"),
        ]

    def __str__(self) -> str:
        return str(self.group)


def permissions_on(model: type[models.Model], actions: tuple[str, ...]) -> list[Permission]:
    """Return Django's permissions for `actions` on a model. Raises LookupError if one does not exist."""
    content_type = ContentType.objects.get_for_model(model)
    codenames = [f"{action}_{content_type.model}" for action in actions]
    found = list(Permission.objects.filter(content_type=content_type, codename__in=codenames))
    if len(found) != len(codenames):
        raise LookupError(f"{model.__name__} lacks some of the permissions {codenames}")
    return found
