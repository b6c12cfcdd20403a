"""Asking the domain name system whether a domain takes mail."""

from typing import Protocol

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.rdatatype import AAAA, MX, A, RdataType
from dns.resolver import NXDOMAIN, NoAnswer

PATIENCE = 5.0  # seconds for each question


class NameServers(Protocol):
    """Whoever knows which domains take mail."""

    async def takes_mail(self, domain: str) -> bool | None:
        """Tell whether a domain (ASCII) takes mail; None if nobody could be asked now."""


class SystemNameServers:
    """The name servers that this machine is set up with, or others."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver or Resolver()

    async def takes_mail(self, domain: str) -> bool | None:
        """Look for MX records, else for addresses (RFC 5321 §5.1); a “null MX” takes none (RFC 7505)."""
        try:
            answer = await self._resolver.resolve(domain, MX, lifetime=PATIENCE)
        except NXDOMAIN:
            return False
        except NoAnswer:
            return await self._has_address(domain)
        except DNSException:
            return None
        return any(str(record.exchange) != "." for record in answer)

    async def _has_address(self, domain: str) -> bool | None:
        for kind in (A, AAAA):
            found = await self._has(domain, kind)
            if found is not False:
                return found
        return False

    async def _has(self, domain: str, kind: RdataType) -> bool | None:
        try:
            await self._resolver.resolve(domain, kind, lifetime=PATIENCE)
        except (NXDOMAIN, NoAnswer):
            return False
        except DNSException:
            return None
        return True
