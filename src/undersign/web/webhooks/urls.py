"""Where the mail provider reports bounces and complaints: /webhooks/mail/<provider>/.

Only the provider that sends our mail has an address, and only once UNDERSIGN_MAIL_WEBHOOK_SECRET is set: what
comes in there decides who gets mail. Reading the request is left to django-anymail's own views.
"""

from collections.abc import Callable, Iterator

import anymail.urls
from django.conf import settings
from django.http import HttpResponseBase
from django.urls import URLPattern, path

View = Callable[..., HttpResponseBase]

# Mandrill has one address for everything.
_NAMES = ("{}_tracking_webhook", "{}_webhook")


def webhook_urls() -> Iterator[URLPattern]:
    """Give the address of the provider that the settings name, if there is one that reports."""
    package, _, rest = settings.EMAIL_BACKEND.partition(".backends.")
    if package != "anymail" or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return
    provider = rest.partition(".")[0]
    view = _tracking_view(provider)
    if view is not None:
        yield path(f"webhooks/mail/{provider.replace('_', '-')}/", view, name="mail_webhook")


def _tracking_view(provider: str) -> View | None:
    wanted = {name.format(provider) for name in _NAMES}
    return next((p.callback for p in anymail.urls.urlpatterns if p.name in wanted), None)


urlpatterns = list(webhook_urls())
