"""Passing a petition on. Plain links only: nothing of the places they lead to is loaded."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A petition's absolute address and the words that go with it, as links for each way of telling people.

    Every link carries its own `source`, so that organisers see which way brought signers.
    """

    url: str
    text: str
    qr_url: str
    mastodon_url: str

    def address(self, source: str) -> str:
        """Return the petition's address, marked with where it was passed on."""
        return f"{self.url}{'&' if '?' in self.url else '?'}source={quote(source)}"

    def message(self, source: str) -> str:
        """Return words and address in one text."""
        return f"{self.text} {self.address(source)}"

    @property
    def copied(self) -> str:
        """The address for a copied link."""
        return self.address("link")

    @property
    def copied_message(self) -> str:
        """Words and address to paste into Signal, which opens no text from a link."""
        return self.message("signal")

    @property
    def mastodon_message(self) -> str:
        """Words and address for a post on whichever instance somebody uses."""
        return self.message("mastodon")

    @property
    def email_url(self) -> str:
        """A new mail (RFC 6068)."""
        return "mailto:?" + urlencode({"subject": self.text, "body": self.message("email")}, quote_via=quote)

    @property
    def whatsapp_url(self) -> str:
        """A WhatsApp message."""
        return "https://wa.me/?" + urlencode({"text": self.message("whatsapp")}, quote_via=quote)

    @property
    def telegram_url(self) -> str:
        """A Telegram message."""
        query = {"url": self.address("telegram"), "text": self.text}
        return "https://t.me/share/url?" + urlencode(query, quote_via=quote)

    @property
    def facebook_url(self) -> str:
        """A Facebook post."""
        return "https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": self.address("facebook")})

    @property
    def x_url(self) -> str:
        """A post on X."""
        query = {"url": self.address("x"), "text": self.text}
        return "https://x.com/intent/post?" + urlencode(query, quote_via=quote)

    @property
    def bluesky_url(self) -> str:
        """A post on Bluesky."""
        query = {"text": self.message("bluesky")}
        return "https://bsky.app/intent/compose?" + urlencode(query, quote_via=quote)
