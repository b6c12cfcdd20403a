"""Reading UNDERSIGN_MAIL_URL: one line that says which server or provider sends our mail.

smtp://user:password@host:587/        STARTTLS is required, unless ?tls=off
smtps://user:password@host:465/       TLS from the first byte
anymail+postmark://TOKEN              any provider of django-anymail; further settings after the `?`
(nothing)                             no server: mails go to the mailbox page of the admin
"""

from importlib.util import find_spec
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from undersign.messaging.errors import MailSettingInvalid

OFFLINE = "undersign.messaging.senders.offline.EmailBackend"
SMTP = "undersign.messaging.senders.smtp.EmailBackend"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

# What a provider calls the one secret that stands in the URL; those not listed have an API key.
_SECRET = {
    "postmark": "SERVER_TOKEN",
    "scaleway": "SECRET_KEY",
    "mailersend": "API_TOKEN",
    "mailtrap": "API_TOKEN",
}


def mail_settings(url: str) -> dict[str, Any]:
    """Return the Django settings that a mail URL stands for. Raises MailSettingInvalid."""
    if not url:
        return {"EMAIL_BACKEND": OFFLINE}
    parts = urlsplit(url)
    scheme, _, provider = parts.scheme.partition("+")
    if scheme == "anymail" and provider:
        return _provider(provider, parts)
    if scheme in ("smtp", "smtps") and not provider:
        return _smtp(parts)
    raise MailSettingInvalid(
        "UNDERSIGN_MAIL_URL has to begin with smtp://, smtps:// or anymail+PROVIDER://, such as "
        "smtp://user:password@mail.example.org:587/"
    )


def _smtp(parts: SplitResult) -> dict[str, Any]:
    if not parts.hostname:
        raise MailSettingInvalid("UNDERSIGN_MAIL_URL names no host: smtp://user:password@host:587/")
    options = dict(parse_qsl(parts.query))
    is_tls = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": SMTP,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": _port(parts) or (465 if is_tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": not is_tls and _wants_starttls(options.get("tls"), parts.hostname),
    }


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise MailSettingInvalid("UNDERSIGN_MAIL_URL has a port that is no number.") from error


def _wants_starttls(tls: str | None, host: str) -> bool:
    """STARTTLS is asked for unless it is switched off, or the server is this very machine."""
    if tls not in (None, "on", "off"):
        raise MailSettingInvalid("UNDERSIGN_MAIL_URL: tls is on or off, such as smtp://localhost:25/?tls=off")
    return tls == "on" or (tls is None and host not in _LOOPBACK)


def _provider(name: str, parts: SplitResult) -> dict[str, Any]:
    name = name.replace("-", "_")  # a URL's scheme has no underscore: anymail+amazon-ses
    if not name.isidentifier() or find_spec(f"anymail.backends.{name}") is None:
        problem = f"UNDERSIGN_MAIL_URL: django-anymail knows no provider called {name}."
        raise MailSettingInvalid(problem)
    prefix = name.upper()
    secret = unquote(parts.netloc)
    options = {f"{prefix}_{key.upper()}": value for key, value in parse_qsl(parts.query)}
    if secret:
        options[f"{prefix}_{_SECRET.get(name, 'API_KEY')}"] = secret
    return {"EMAIL_BACKEND": f"anymail.backends.{name}.EmailBackend", "ANYMAIL": options}
