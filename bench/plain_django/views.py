from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from bench.plain_django.models import Attempt, Mail, Petition


class SignForm(forms.ModelForm):
    class Meta:
        model = Attempt
        fields = ("name", "email", "country", "postcode", "reason", "display", "wants_updates")


@require_POST
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    petition = get_object_or_404(Petition, slug=slug, is_open=True)
    form = SignForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_json(), status=422)
    attempt = form.save(commit=False)
    attempt.petition = petition
    attempt.network = request.META["REMOTE_ADDR"]
    attempt.source = request.GET.get("source", "")
    with transaction.atomic():
        attempt.save()
        Mail.objects.create(attempt=attempt, not_before=timezone.now())
    response = redirect(f"/p/{slug}/inbox/")
    response.status_code = 303
    return response
