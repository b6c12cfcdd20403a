"""Where the common mailboxes open, so that people find the mail we just sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mail provider: its name, where its mailbox opens, and the domains of its addresses."""

    name: str
    url: str
    domains: tuple[str, ...]


MAILBOXES = (
    Mailbox("Gmail", "https://mail.google.com/mail/", ("gmail.com", "googlemail.com")),
    Mailbox(
        "Outlook",
        "https://outlook.live.com/mail/",
        ("outlook.com", "hotmail.com", "live.com", "outlook.de", "msn.com"),
    ),
    Mailbox("iCloud", "https://www.icloud.com/mail/", ("icloud.com", "me.com", "mac.com")),
    Mailbox("Yahoo", "https://mail.yahoo.com/", ("yahoo.com", "yahoo.de", "yahoo.co.uk", "ymail.com")),
    Mailbox("GMX", "https://www.gmx.net/", ("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com")),
    Mailbox("WEB.DE", "https://web.de/", ("web.de",)),
    Mailbox("Proton", "https://mail.proton.me/", ("proton.me", "protonmail.com", "pm.me")),
    Mailbox("T-Online", "https://email.t-online.de/", ("t-online.de", "magenta.de")),
    Mailbox("Posteo", "https://posteo.de/", ("posteo.de", "posteo.net")),
    Mailbox("mailbox.org", "https://mailbox.org/", ("mailbox.org",)),
    Mailbox("Fastmail", "https://app.fastmail.com/", ("fastmail.com", "fastmail.fm")),
    Mailbox("Tuta", "https://app.tuta.com/", ("tuta.com", "tutanota.com", "tutanota.de", "tuta.io")),
)
