"""What people type is nowhere to be read but where they chose to be seen."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.utils import timezone

from tests.journeys.conftest import Visitor, link_in
from tests.journeys.traces import is_in, traces_of
from tests.messaging.servers import Server
from tests.site import Site
from tests.waiting import until
from undersign.campaigns.models import Petition
from undersign.campaigns.services import PetitionForm, petition_form_change
from undersign.foundation.keys import load_keys
from undersign.foundation.sealing import Sealer
from undersign.messaging.models import OfflineMail
from undersign.messaging.queries.mailbox import offline_mail_open
from undersign.web.models import PetitionPage

ReadLink = Callable[[str], str]

LINK = re.compile(r"http://\S+/confirm/(\S+)")


@dataclass(frozen=True)
class Person:
    """Somebody with words that occur nowhere else."""

    name: str
    email: str
    display: str

    @property
    def typed(self) -> dict[str, str]:
        return {
            "name": self.name,
            "email": self.email,
            "display": self.display,
            "phone": "+49 171 4455667",
            "postcode": "QX97 3ZJ",
            "reason": f"{self.email.partition('@')[0]} grew up beside that waterfall",
        }

    @property
    def secrets(self) -> list[str]:
        """What must not be found, as it was typed and as it is made canonical."""
        typed = self.typed
        hidden = {
            "full": [],
            "initial": [self.name.split()[-1]],
            "anonymous": [self.name, *self.name.split()],
        }
        mailbox = self.email.partition("@")[0]
        phones = [typed["phone"], typed["phone"].replace(" ", ""), "1714455667"]
        places = [typed["postcode"], typed["postcode"].replace(" ", "")]
        return [self.email, mailbox, *phones, *places, typed["reason"], *hidden[self.display]]


WILMA = Person("Wilhelmina Oxenford", "wilhelmina.private@people.example", "full")
BALTHASAR = Person("Balthasar Vexworthy", "balthasar.private@people.example", "initial")
ZENOBIA = Person("Zenobia Quillfeather", "zenobia.private@people.example", "anonymous")
TRUDY = Person("Gertrude Hollowbank", "gertrude.private@people.example", "anonymous")
PEOPLE = (WILMA, BALTHASAR, ZENOBIA, TRUDY)


@pytest.fixture(scope="module", params=["with a mail server", "with the offline mailbox"])
def mail_url(request: pytest.FixtureRequest, mail_server: Server) -> str:
    return f"smtp://127.0.0.1:{mail_server.port}/?tls=off" if "server" in request.param else ""


@pytest.fixture
def read_link(journey: Site, mail_server: Server, mail_url: str) -> ReadLink:
    """How somebody comes to the link in their mail."""
    return (
        (lambda address: link_in(mail_server, address)) if mail_url else (lambda a: link_offline(journey, a))
    )


def link_offline(site: Site, address: str) -> str:
    """Read the mailbox as an organiser does, with the keys of the instance."""
    sealer = Sealer(load_keys(Path(site.environment["UNDERSIGN_KEYS_FILE"])))

    def found() -> str | None:
        mails = (offline_mail_open(row, sealer=sealer) for row in OfflineMail.objects.all())
        return next((LINK.search(mail.text)[0] for mail in mails if mail.to == address), None)  # type: ignore[index]

    return until(found)


def ask_for_everything(petition: Petition) -> None:
    optional = Petition.Field.OPTIONAL
    form = PetitionForm(
        **{
            **PetitionForm.of(petition).__dict__,
            **dict.fromkeys(("country", "postcode", "phone", "reason"), optional),
        }
    )
    petition_form_change(petition=petition, form=form, asks=[], by=None, at=timezone.now())


def test_what_people_type_is_found_nowhere(
    journey: Site, visitor: Visitor, weir: PetitionPage, read_link: ReadLink
) -> None:
    ask_for_everything(weir.petition)
    until(lambda: 'name="phone"' in journey.get(visitor.path).text)
    until(lambda: visitor.sign(phone="nonsense").status == 422)
    links = []
    for person in PEOPLE:
        assert visitor.sign(**person.typed | {"display": ""}).status == 422
        inbox = visitor.sign(**person.typed).headers["location"]
        links += [inbox, read_link(person.email)]
        journey.post(inbox, {})
        if person is not TRUDY:
            assert journey.post(links[-1], {}).status == 303
    public = (WILMA.name, "Balthasar V.")
    for below in ("", "names/"):
        until(lambda below=below: all(name in journey.get(visitor.path + below).text for name in public))
    journey.get(f"{visitor.path}?{urlencode(ZENOBIA.typed)}")

    pages = public_pages(journey, visitor.path)
    traces = {**dict(traces_of(journey)), **{path: text.encode() for path, text in pages.items()}}
    found = [
        (secret, place)
        for place, trace in traces.items()
        for person in PEOPLE
        for secret in person.secrets
        if is_in(trace, secret)
    ]
    assert found == []
    tokens = [link.rpartition("/")[2] for link in links]
    assert [place for place, trace in traces.items() for token in tokens if token.encode() in trace] == []

    # The search finds what is there to be found: a name that its owner made public.
    where = {place for place, trace in traces.items() if is_in(trace, WILMA.name)}
    assert {"database", visitor.path, f"{visitor.path}names/"} <= where
    assert any(place.endswith(".page") for place in where), sorted(traces)
    assert {"web.log", "worker.log"} <= traces.keys()


def public_pages(site: Site, path: str) -> dict[str, str]:
    """Read everything about a petition that anybody may read."""
    below = ("", "names/", "versions/", "count.json", "inbox/", "confirm/", "thanks/", "thanks/already/")
    others = ("/", "/o/rivers/", "/o/rivers/feed.xml", "/sitemap.xml", "/metrics")
    return {each: site.get(each).text for each in (*(path + part for part in below), *others)}


@pytest.mark.parametrize(
    "disguise",
    [
        lambda words: words,
        str.upper,
        lambda words: quote(words, safe=""),
        lambda words: words.encode().hex(),
        *(lambda words, n=n: base64.b64encode(b"x" * n + words.encode() + b"y").decode() for n in range(3)),
        lambda words: base64.urlsafe_b64encode(b"to: " + words.upper().encode()).decode(),
    ],
)
def test_the_search_sees_through_disguises(disguise: Callable[[str], str]) -> None:
    assert is_in(b"before " + disguise(WILMA.email).encode() + b" after", WILMA.email)
    assert not is_in(b"before " + disguise("somebody.else@people.example").encode(), WILMA.email)
