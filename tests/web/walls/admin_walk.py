"""Walks every address of the editing side with somebody else's things in its hands."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

WAYS = ("GET", "GET?", "POST")
"""Bare, with somebody else's ids and words in the query, and with them in a form."""
Kwargs = Mapping[str, Any]
HARMLESS_TARGETS = re.compile(r"^/admin/(login/.*)?$")


@dataclass(frozen=True)
class Address:
    """One address, by name, with its parameters filled."""

    name: str
    kwargs: Kwargs

    @property
    def path(self) -> str:
        return reverse(self.name, kwargs=self.kwargs)


def admin_patterns() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield name and parameters of every named pattern below the editing side."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "admin/":
            yield from _patterns(resolver, (), ())


def _patterns(
    resolver: URLResolver, namespaces: tuple[str, ...], parameters: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if resolver.namespace:
        namespaces = (*namespaces, resolver.namespace)
    parameters = (*parameters, *_parameters(resolver.pattern))
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, namespaces, parameters)
        elif isinstance(entry, URLPattern) and entry.name:
            yield ":".join((*namespaces, entry.name)), (*parameters, *_parameters(entry.pattern))


def _parameters(pattern: Any) -> tuple[str, ...]:
    return tuple(pattern.regex.groupindex) if isinstance(pattern, RegexPattern) else tuple(pattern.converters)


def addresses(values: Mapping[str, Sequence[Any]]) -> Iterator[Address]:
    """Fill every pattern with every combination of `values`; a parameter nobody foresaw is an error."""
    for name, parameters in admin_patterns():
        unforeseen = set(parameters) - values.keys()
        assert not unforeseen, f"{name} has parameters that the walk knows no value for: {unforeseen}"
        for choice in product(*(values[parameter] for parameter in parameters)):
            address = Address(name, dict(zip(parameters, choice, strict=True)))
            try:
                _ = address.path
            except NoReverseMatch:  # a slug where this pattern wants a number
                continue
            yield address


@dataclass(frozen=True)
class Walk:
    """Whose hands hold what, and which words must never be seen."""

    client: Client
    values: Mapping[str, Sequence[Any]]
    query: Mapping[str, Any]
    form: Mapping[str, Any]
    marker: str
    harmless: frozenset[str] = frozenset()
    is_own: bool = False  # the things are the visitor's: any answer will do that does not show the word

    def findings(self, *, names: Container[str] | None = None, ways: Sequence[str] = WAYS) -> list[str]:
        """Return a line for every answer that tells or does more than it may, of all addresses or these."""
        chosen = (one for one in addresses(self.values) if names is None or one.name in names)
        return [line for address in chosen for line in self._try(address, ways)]

    def _try(self, address: Address, ways: Sequence[str]) -> Iterator[str]:
        if address.name == "wagtailadmin_logout":
            return  # it would end the walk
        for way in ways:
            problem = self._problem(address, self._go(way, address.path))
            if problem:
                yield f"{way} {address.name} {dict(address.kwargs)}: {problem}"

    def _go(self, way: str, path: str) -> HttpResponse:
        if way == "POST":
            return self.client.post(path, self.form)
        return self.client.get(path, self.query if way == "GET?" else None)

    def _problem(self, address: Address, response: HttpResponse) -> str:
        if self.marker in seen(response).lower():
            return f"{response.status_code} shows {self.marker}"
        if (
            self.is_own
            or not address.kwargs
            or address.name in self.harmless
            or response.status_code in {403, 404, 405}
        ):
            return ""
        if response.status_code == 302 and HARMLESS_TARGETS.match(response["Location"].split("?")[0]):
            return ""
        return f"{response.status_code} where only 403 or 404 will do"


def seen(response: HttpResponse) -> str:
    """Return everything a browser gets to see of a response."""
    body = b"".join(response) if response.streaming else response.content
    return body.decode(errors="replace") + str(response.headers)
