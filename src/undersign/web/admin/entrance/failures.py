"""What is kept about failed log-ins, and what somebody sees who failed too often.

django-axes counts by user name and address of the client. Both may belong to a stranger who has nothing to do
with this instance, so it is given keyed hashes in their place. They still count, but name nobody.
"""

from collections.abc import Mapping
from functools import cache
from ipaddress import IPv6Address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from undersign.foundation.networks import Proxies, client_network

LOCAL_ADDRESSES = 0xFD << 120  # fd00::/8, private by RFC 4193: never mistaken for somebody's address


def username_pseudonym(request: HttpRequest, credentials: Mapping[str, str] | None) -> str:
    """Return what stands for the user name of an attempt."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return _hmac("username", str(typed).strip().lower()).hex()


def network_pseudonym(request: HttpRequest) -> str:
    """Return what stands for the client's network, in the form of an IPv6 address as axes wants it."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    digest = _hmac("network", client_network(request.META.get("REMOTE_ADDR"), forwarded, _trusted_proxies()))
    return str(IPv6Address(LOCAL_ADDRESSES | int.from_bytes(digest[:15], "big")))


def client_unnamed(*_parts: object) -> str:
    """Return what logs call whoever failed to log in."""
    return "somebody"


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, _credentials: Mapping[str, str] | None
) -> HttpResponse:
    """Say that and for how long this network has to wait with this address; status 429 (RFC 6585, 4)."""
    seconds = round(settings.AXES_COOLOFF_TIME * 3600)
    response = render(
        request, "undersign_admin/entrance/locked_out.html", {"minutes": seconds // 60}, status=429
    )
    response["Retry-After"] = str(seconds)
    return response


def _hmac(purpose: str, value: str) -> bytes:
    return salted_hmac(f"undersign.entrance.{purpose}", value, algorithm="sha256").digest()


@cache
def _trusted_proxies() -> Proxies:
    return Proxies(settings.TRUSTED_PROXIES)
