"""Which addresses reach the same mailbox: one row for each provider.

A row may only merge addresses that cannot belong to two people: the provider says that they reach the same
mailbox, or lets nobody register the variant. Where neither is known there is no row, and every address is a
mailbox of its own: one person counted twice can be found and mended, two people taken for one cannot.
Any change of a row changes what existing `email_key`s mean, so it needs a new `ALIAS_RULES_VERSION` and
`undersign keys reindex`.
"""

from dataclasses import dataclass

ALIAS_RULES_VERSION = 1


@dataclass(frozen=True, slots=True)
class Provider:
    """The rules of one provider, applied to the lower-cased address in the order of the fields."""

    domains: tuple[str, ...]
    # The domain that stands for all of them, where a name belongs to the same person at every one.
    one_domain: str | None = None
    # alice@TAG.provider: any name at a subdomain reaches the mailbox that the subdomain is called after.
    has_subdomain_mailboxes: bool = False
    # What follows the first of this character in the name is a tag.
    tag: str = ""
    # Characters in the name that make no difference.
    ignored: str = ""
    # Pairs of characters that stand for one another: the first is read as the second.
    equal: tuple[tuple[str, str], ...] = ()


PROVIDERS = (
    # "Dots don't matter in Gmail addresses", https://support.google.com/mail/answer/7436150
    # "alias+word", https://support.google.com/mail/answer/22370
    # googlemail.com: https://support.google.com/mail/answer/10313
    Provider(domains=("gmail.com", "googlemail.com"), one_domain="gmail.com", tag="+", ignored="."),
    # Plus tags: https://learn.microsoft.com/exchange/recipients-in-exchange-online/plus-addressing-in-exchange-online
    # (Exchange Online, which carries Outlook.com; announced for Hotmail in 2013). Names have no plus sign.
    # The domains are not aliases of one another.
    Provider(
        domains=(
            *("outlook.com", "outlook.at", "outlook.be", "outlook.cl", "outlook.co.id", "outlook.co.il"),
            *("outlook.co.th", "outlook.com.ar", "outlook.com.au", "outlook.com.br", "outlook.com.gr"),
            *("outlook.com.tr", "outlook.com.vn", "outlook.cz", "outlook.de", "outlook.dk", "outlook.es"),
            *(
                "outlook.fr",
                "outlook.hu",
                "outlook.ie",
                "outlook.in",
                "outlook.it",
                "outlook.jp",
                "outlook.kr",
            ),
            *(
                "outlook.lv",
                "outlook.my",
                "outlook.ph",
                "outlook.pt",
                "outlook.sa",
                "outlook.sg",
                "outlook.sk",
            ),
            *("hotmail.com", "hotmail.at", "hotmail.be", "hotmail.ca", "hotmail.ch", "hotmail.co.uk"),
            *("hotmail.com.ar", "hotmail.com.au", "hotmail.com.br", "hotmail.com.tr", "hotmail.de"),
            *("hotmail.dk", "hotmail.es", "hotmail.fr", "hotmail.it", "hotmail.nl", "hotmail.no"),
            *("hotmail.se", "hotmail.fi", "hotmail.gr", "hotmail.co.jp", "hotmail.co.nz", "hotmail.hu"),
            *("live.com", "live.at", "live.be", "live.ca", "live.ch", "live.cl", "live.cn", "live.co.uk"),
            *("live.co.za", "live.com.ar", "live.com.au", "live.com.mx", "live.com.pt", "live.de", "live.dk"),
            *(
                "live.fi",
                "live.fr",
                "live.ie",
                "live.in",
                "live.it",
                "live.jp",
                "live.nl",
                "live.no",
                "live.ru",
            ),
            *("live.se", "msn.com", "passport.com", "windowslive.com"),
        ),
        tag="+",
    ),
    # A name belongs to one person at all three, https://support.apple.com/118230 ("About your @icloud.com,
    # @me.com, and @mac.com email addresses"). Tags are delivered, and names have no plus sign.
    Provider(domains=("icloud.com", "me.com", "mac.com"), one_domain="icloud.com", tag="+"),
    # ". _ and -" are "transparent", https://proton.me/support/change-username
    # The domains and plus tags, https://proton.me/support/addresses-and-aliases
    Provider(
        domains=("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        one_domain="proton.me",
        tag="+",
        ignored="._-",
    ),
    # "Plus addressing and subdomain addressing", https://www.fastmail.help/hc/articles/360060591053
    # Fastmail's other domains sell the same name to different people and are left alone.
    Provider(domains=("fastmail.com",), has_subdomain_mailboxes=True, tag="+"),
    Provider(domains=("fastmail.fm",), has_subdomain_mailboxes=True, tag="+"),
    # Every mailbox has its name at all of Yandex's domains, https://yandex.com/support/id/authorization/email.html
    # A dot and a hyphen are the same in a Yandex name. Tags are delivered, and names have no plus sign:
    # https://yandex.com/support/domain/domain/mail.html
    Provider(
        domains=("yandex.ru", "ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua"),
        one_domain="yandex.ru",
        tag="+",
        equal=((".", "-"),),
    ),
    # A name belongs to the same person at every Posteo domain, https://posteo.de/blog (14 December 2023)
    Provider(
        domains=(
            *("posteo.de", "posteo.net", "posteo.com", "posteo.at", "posteo.be", "posteo.ca", "posteo.ch"),
            *("posteo.es", "posteo.ie", "posteo.lu", "posteo.nl", "posteo.uk", "posteo.us"),
        ),
        one_domain="posteo.de",
    ),
    # "This Plus extension also works", https://kb.mailbox.org/en/business/account-article/what-is-an-alias-and-how-do-i-use-it
    Provider(domains=("mailbox.org",), tag="+"),
)

# Domains with so many mailboxes that the domain says nothing about the person. Others are personal data.
LARGE_PROVIDERS = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com"),
        *(
            "hotmail.co.uk",
            "hotmail.fr",
            "hotmail.de",
            "hotmail.it",
            "hotmail.es",
            "outlook.de",
            "outlook.fr",
        ),
        *(
            "live.co.uk",
            "live.fr",
            "live.nl",
            "yahoo.com",
            "ymail.com",
            "yahoo.co.uk",
            "yahoo.fr",
            "yahoo.de",
        ),
        *("yahoo.it", "yahoo.es", "yahoo.co.in", "yahoo.co.jp", "yahoo.com.br", "aol.com", "aol.de"),
        *("icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "pm.me", "fastmail.com"),
        *("yandex.ru", "ya.ru", "yandex.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "rambler.ru"),
        *("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de", "freenet.de"),
        *(
            "mail.com",
            "posteo.de",
            "mailbox.org",
            "bluewin.ch",
            "orange.fr",
            "wanadoo.fr",
            "free.fr",
            "sfr.fr",
        ),
        *("laposte.net", "libero.it", "virgilio.it", "alice.it", "tiscali.it", "btinternet.com", "sky.com"),
        *("virginmedia.com", "ntlworld.com", "talktalk.net", "comcast.net", "verizon.net", "att.net"),
        *("sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "shaw.ca", "rogers.com", "bigpond.com"),
        *("ziggo.nl", "kpnmail.nl", "telenet.be", "skynet.be", "wp.pl", "o2.pl", "onet.pl", "interia.pl"),
        *("seznam.cz", "centrum.cz", "abv.bg", "ukr.net", "qq.com", "163.com", "126.com", "sina.com"),
        *(
            "naver.com",
            "daum.net",
            "hanmail.net",
            "uol.com.br",
            "terra.com.br",
            "bol.com.br",
            "rediffmail.com",
        ),
    }
)
