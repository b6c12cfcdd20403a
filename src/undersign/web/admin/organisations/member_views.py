"""Who works for an organisation, and as what."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from undersign.supporters.errors import Refused
from undersign.supporters.models import Role
from undersign.supporters.queries import Permission, members_of
from undersign.supporters.services import membership_add, membership_change, membership_remove
from undersign.web.admin.organisations.access import actor, frame, organisation_or_404
from undersign.web.admin.organisations.forms import MemberForm
from undersign.web.admin.organisations.overview import FOLDER


@require_http_methods(["GET", "HEAD", "POST"])
def member_list(request: HttpRequest, pk: int) -> HttpResponse:
    """List the members and invite another."""
    organisation = organisation_or_404(request.user, pk, Permission.MANAGE_MEMBERS)
    form = MemberForm(request.POST or None)
    if form.is_valid():
        try:
            membership_add(
                organisation=organisation, **form.cleaned_data, by=actor(request), at=timezone.now()
            )
        except Refused as problem:
            form.add_error("email", str(problem))
        else:
            messages.success(request, _("Invited. They get a mail that says how to log in."))
            return redirect("undersign_organisations:members", pk)
    members = members_of(organisation)
    context = frame(organisation, _("People and roles"), form=form, members=members, roles=Role.choices)
    return render(request, f"{FOLDER}/members.html", context)


@require_POST
def member_change(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    """Give a member another role, or end the membership."""
    organisation = organisation_or_404(request.user, pk, Permission.MANAGE_MEMBERS)
    user = get_object_or_404(User, memberships__organisation=organisation, pk=user_pk)
    role, at = request.POST.get("role", ""), timezone.now()
    try:
        if "remove" in request.POST:
            membership_remove(organisation=organisation, user=user, by=actor(request), at=at)
        elif role in Role.values:
            membership_change(organisation=organisation, user=user, role=role, by=actor(request), at=at)
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Saved."))
    if user == request.user:
        return redirect("wagtailadmin_home")  # they may have given up the right to see the list
    return redirect("undersign_organisations:members", pk)
