"""The pages of the gallery, filled with what real petitions bring: long titles, every state, every script."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.utils.safestring import SafeString, mark_safe

from undersign.campaigns.drafts import TextDraft
from undersign.web.composition.comparisons import changed_parts, whole_parts
from undersign.web.presentation.afterwards import (
    CheckInboxPage,
    ConfirmPage,
    LinkFault,
    LinkProblemPage,
    MastodonPage,
    MomentPage,
    ThanksPage,
)
from undersign.web.presentation.count import CountSlot, ProgressSlot, next_goal
from undersign.web.presentation.fields import (
    country_field,
    email_field,
    name_field,
    phone_field,
    postcode_field,
    reason_field,
)
from undersign.web.presentation.form import ConsentChoice, DisplayChoice, SignForm
from undersign.web.presentation.frame import Frame, LanguageLink, OrganisationView, Page, Picture
from undersign.web.presentation.home import HomePage, PetitionCard
from undersign.web.presentation.kept import KeptAnswer
from undersign.web.presentation.names import NamesPage, NamesSlot, SignerView
from undersign.web.presentation.petition import (
    LetterView,
    PetitionPage,
    SignOff,
    SourceView,
    Standing,
    State,
    TargetView,
    TextVersion,
)
from undersign.web.presentation.problems import (
    BrokenPage,
    NotFoundPage,
    StaleFormPage,
    TooFastPage,
    UnavailablePage,
)
from undersign.web.presentation.removals import RemovalView
from undersign.web.presentation.share import ShareView
from undersign.web.presentation.story import Heading, Image, Quote, RichText, Video
from undersign.web.presentation.texts import TextChangedPage, TextVersionsPage, VersionView

NOW = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
ACCENTS = {"yellow": "#ffcf00", "green": "#00875a", "violet": "#7a3cff"}


def html(text: str) -> SafeString:
    return mark_safe(text)


SQUARE = Picture(
    src="/media/square.svg",
    width=1600,
    height=900,
    alt="Drawing: a crowd with placards in a square, watched by a large camera.",
    credit="Undersign",
    focus_x=70,
    focus_y=60,
)
PORTRAIT = Picture(
    src="/media/portrait.svg",
    width=900,
    height=1350,
    alt="Drawing: a woman holds a hand-written placard.",
    credit="Undersign",
    focus_y=40,
)
RIVER = Picture(
    src="/media/river.svg", width=1600, height=900, alt="Drawing: trees above a river.", credit="Undersign"
)

LOGO = Picture(src="/media/logo.svg", width=150, height=40, alt="")
ORGANISATION = OrganisationView(
    name="Open Square",
    home_url="/home.html",
    postal_address="Open Square e. V.\nMarktgasse 4\n04109 Leipzig, Germany",
    sender="hello@opensquare.example",
    privacy_notice=html(
        "<p>Open Square keeps your name and e-mail to count and deliver your signature, and erases them six "
        "months after the petition ends. You can see or erase them at any time.</p>"
    ),
    imprint=html("<p>Open Square e. V., registered in Leipzig. Responsible: the board.</p>"),
)
LANGUAGES = (
    LanguageLink(code="en", name="English", url="/petition.html", is_current=True),
    LanguageLink(code="de", name="Deutsch", url="/petition-german.html"),
    LanguageLink(code="ar", name="العربية", url="/petition-arabic.html"),
)
FRAME = Frame(
    language="en",
    organisation=ORGANISATION,
    theme_url="/theme/yellow.css",
    languages=LANGUAGES,
    canonical_url="https://opensquare.example/p/faces/",
    feed_url="/feed.atom",
)
GERMAN = replace(
    FRAME, language="de", languages=tuple(replace(each, is_current=each.code == "de") for each in LANGUAGES)
)
ARABIC = replace(
    FRAME,
    language="ar",
    direction="rtl",
    languages=tuple(replace(each, is_current=each.code == "ar") for each in LANGUAGES),
)


def count_of(total: int) -> dict[str, CountSlot | ProgressSlot]:
    return {"count": CountSlot(total=total), "progress": ProgressSlot(total=total, goal=next_goal(total))}


def signers(*names: tuple[str, str]) -> tuple[SignerView, ...]:
    return tuple(
        SignerView(name=name, reason=reason, signed_at=NOW - timedelta(hours=7 * place))
        for place, (name, reason) in enumerate(names)
    )


PEOPLE = signers(
    ("Ana B.", ""),
    ("Mehmet Öztürk", "I walk my daughter across this square every morning. She is four. Nobody asked her."),
    ("", ""),
    ("Siobhán O’Rourke", ""),
    ("Γιώργος Παπαδόπουλος", ""),
    ("Олена Коваль", ""),
    ("דנה כהן", ""),
    ("ليلى حدّاد", ""),
    ("山田 花子", ""),
    ("Wilhelmina van der Berg-Achterberg", "I was misidentified once. It took eleven months to undo."),
    ("José L.", ""),
    ("Nokuthula D.", ""),
)
SHARE = ShareView(
    url="https://opensquare.example/p/faces/",
    text="Take the face scanners off our square",
    qr_url="/p/faces/qr.svg",
    mastodon_url="/p/faces/share/mastodon",
)
EMAIL_CONSENT = ConsentChoice(
    channel="email",
    question="May we write to you about this campaign?",
    wording="Open Square sends about two mails a month. Every one has a link to stop them.",
    wording_version="3",
)
SMS_CONSENT = ConsentChoice(
    channel="sms",
    question="And by text message?",
    wording="At most four messages a month. Message and data rates may apply. Reply STOP to end them.",
    wording_version="1",
)
FORM = SignForm(
    name=name_field(), email=email_field(), text_version="2", consents=(EMAIL_CONSENT,), minimum_age=16
)
LONG_FORM = replace(
    FORM,
    extra=(
        country_field(options=[("DE", "Germany"), ("IE", "Ireland"), ("KE", "Kenya")], is_required=True),
        postcode_field(is_required=False),
        phone_field(is_required=False),
        reason_field(is_required=False),
    ),
    consents=(EMAIL_CONSENT, SMS_CONSENT),
)
WRONG_FORM = replace(
    LONG_FORM,
    name=name_field().filled(value="", error="Please write your name."),
    email=email_field().filled(
        value="alice@example", error="This address is not complete. It needs an ending such as .org."
    ),
    display=DisplayChoice(error="Please choose how your name may appear."),
    consents=(
        replace(EMAIL_CONSENT, error="Please answer yes or no. Both are fine."),
        replace(SMS_CONSENT, value="no"),
    ),
    source="poster",
)

OPEN = PetitionPage(
    frame=FRAME,
    title="Take the face scanners off our square",
    removed=1_240,
    ask="Tell the city council to switch off the cameras that match every passer-by against a list.",
    goal="Our goal: a council vote to end the trial before the contract renews on 30 June.",
    demand="End the face recognition trial and publish what was collected.",
    targets=(
        TargetView(
            name="Dr. Karin Holl",
            role="Mayor",
            organisation="City of Lindau-Neustadt",
            so_far="Called the trial “a success” in April. Has not answered our letter.",
        ),
    ),
    photo=SQUARE,
    photo_url="https://opensquare.example/media/square.jpg",
    story=(
        RichText(
            html(
                "<p>Since February, fourteen cameras on the market square have measured the face of "
                "every person who walks by, some 31,000 a day, and compared it with a list that nobody "
                "outside the police has seen.</p><p>There was no vote. There is one "
                "small sign, behind the tram stop. "
                "The company that runs the cameras may keep what it learns.</p>"
            )
        ),
        Heading("It does not even work"),
        RichText(
            html(
                "<p>Of 217 alarms in the first month, 209 were wrong. Each one meant a person stopped, asked "
                'for papers, and sent on without a word. <a href="#sources-title">The numbers</a> are the '
                "city’s own.</p><ul><li>Eleven of those stopped were younger than sixteen.</li><li>Four were "
                "stopped twice.</li></ul>"
            )
        ),
        Quote("They told me the computer was sure. I told them so was I.", "Rosa, florist on the square"),
        Image(picture=RIVER, caption="The river walk, where the next eight cameras are planned."),
        Video(picture=SQUARE, url="https://video.example.org/w/41", title="A walk across the square"),
        Heading("It can be stopped now"),
        RichText(
            html(
                "<p>The contract renews on 30 June unless the council says no. Six of its members are still "
                "undecided. They have told us what would move them: people from here, by name.</p>"
            )
        ),
    ),
    sign_off=SignOff(
        name="Vera Lindqvist", role="Campaigner, Open Square", words="Thank you for standing with us."
    ),
    letter=LetterView(
        salutation="Dear Dr. Holl,",
        body=html(
            "<p>we cross the market square to work, to school, to demonstrations and to nothing in "
            "particular. None of that is a reason to be measured.</p><p>End the trial. Take down the "
            "cameras. Publish what was collected, and erase it.</p><p>With respect,</p>"
        ),
    ),
    sources=(
        SourceView(
            title="Answer of the city to a question from the council",
            url="https://city.example.org/17-204",
            publisher="City of Lindau-Neustadt",
            published_on=date(2026, 3, 19),
        ),
        SourceView(
            title="When the match is wrong",
            url="https://paper.example.org/match",
            publisher="Morning Herald",
            published_on=date(2026, 4, 2),
        ),
    ),
    names=NamesSlot(newest=PEOPLE),
    names_url="/names.html",
    count_url="/p/faces/count.json",
    share=SHARE,
    version=TextVersion(number=2, published_on=date(2026, 4, 28), versions_url="/versions.html"),
    form=FORM,
    **count_of(1_871),
)


def resting(state: State, words: str) -> PetitionPage:
    standing = Standing(state=state, since=date(2026, 6, 30), words=html(words))
    return replace(OPEN, standing=standing, form=None, **count_of(24_310))


GERMAN_TITLE = (
    "Gesichtserkennungsüberwachung auf dem Marktplatz beenden: "
    "Für ein Datenschutzgrundverordnungskonformes Sicherheitskonzept ohne Rundumüberwachung"
)
FIRST_TEXT = TextDraft(
    title=OPEN.title,
    ask=OPEN.ask,
    story="\n\n".join(
        f"In week {week} of the trial nobody was asked, and nobody was told." for week in range(1, 31)
    ),
    salutation="Dear Dr. Holl,",
    letter="end the trial. Take down the cameras and publish what was collected.",
)
SECOND_TEXT = replace(
    FIRST_TEXT,
    story=FIRST_TEXT.story.replace("In week 17 of the trial nobody", "In week 17 of the trial no citizen"),
    letter="end the trial now. Take down all fourteen cameras, publish what was collected, and erase it.",
)
ARABIC_TEXT = TextDraft(
    title="أعيدوا الساحة إلى الناس",
    ask="أوقفوا التجربة.",
    story="لم يسألنا أحد.\n\nالكاميرات تراقب الجميع.\n\nالساحة لنا.",
    letter="نطلب منكم إنهاء التجربة.",
)
TITLE = {"petition_title": OPEN.title, "petition_url": "/petition.html"}
TOTAL = {"total": 1_872, "goal": 2_500}
TYPED = (
    ("name", "Alice Example"),
    ("display", "initial"),
    ("email", "alice@example.org"),
    ("text_version", "2"),
)
CARDS = (
    PetitionCard(title=OPEN.title, ask=OPEN.ask, url="/petition.html", total=1_871, goal=2_500, photo=SQUARE),
    PetitionCard(
        title="Give the river its trees back",
        ask="Ask the water board to plant the bank it cleared in March.",
        url="/petition.html",
        total=0,
        goal=100,
        photo=RIVER,
    ),
    PetitionCard(
        title="No database of protest",
        ask="The interior ministry must delete the photos it took at the May rally.",
        url="/petition.html",
        total=1,
        goal=100,
        state=State.PAUSED,
        organisation="Open Square Berlin",
    ),
    PetitionCard(
        title="Delete our children’s faces",
        ask="School canteens stop paying by face.",
        url="/petition-won.html",
        total=24_310,
        goal=25_000,
        state=State.WON,
        photo=PORTRAIT,
    ),
    PetitionCard(
        title="Keep the night trams",
        ask="The council kept them off.",
        url="/petition-lost.html",
        total=3_020,
        goal=5_000,
        state=State.LOST,
        photo=SQUARE,
    ),
)
KEPT = (
    KeptAnswer(label="Your name", value="Wilhelmina van der Berg-Achterberg"),
    KeptAnswer(label="Your e-mail", value="wilhelmina.van-der-berg-achterberg@mailbox.example"),
    KeptAnswer(
        label="Why are you signing?",
        value="I was misidentified once. It took eleven months to undo.\n\nNobody said sorry.",
    ),
)
KEPT_ARABIC = (
    KeptAnswer(label="اسمك", value="ليلى حدّاد"),
    KeptAnswer(label="بريدك الإلكتروني", value="layla@people.example"),
)
PAGES: dict[str, Page] = {
    "petition": OPEN,
    "petition-none": replace(OPEN, names=NamesSlot(newest=()), **count_of(0)),
    "petition-seven": replace(
        OPEN,
        frame=replace(FRAME, theme_url="/theme/green.css", organisation=replace(ORGANISATION, logo=LOGO)),
        standing=Standing(closes_on=date(2026, 6, 30)),
        photo=PORTRAIT,
        names=NamesSlot(newest=PEOPLE[:7]),
        **count_of(7),
    ),
    "petition-million": replace(
        OPEN,
        frame=replace(FRAME, theme_url="/theme/violet.css"),
        photo=None,
        photo_url="",
        targets=(
            *OPEN.targets,
            TargetView(name="Lumen Optics AG", role="maker of the cameras", so_far="No answer."),
            TargetView(name="The city council"),
        ),
        form=LONG_FORM,
        **count_of(1_204_318),
    ),
    "petition-german": replace(OPEN, frame=GERMAN, title=GERMAN_TITLE, **count_of(1_204_318)),
    "petition-arabic": replace(
        OPEN,
        frame=ARABIC,
        title="أزيلوا كاميرات التعرّف على الوجوه من ساحتنا",
        ask="اطلبوا من مجلس المدينة إيقاف الكاميرات التي تقارن وجه كل عابر بقائمة سرّية.",
        demand="إنهاء التجربة ونشر ما جُمع من بيانات.",
        goal="هدفنا: تصويت في المجلس قبل تجديد العقد في 30 يونيو.",
        targets=(
            TargetView(
                name="د. كارين هول",
                role="رئيسة البلدية",
                organisation="مدينة لينداو",
                so_far="لم تجب على رسالتنا.",
            ),
        ),
        story=(
            RichText(
                html(
                    "<p>منذ فبراير تقيس أربع عشرة كاميرا وجه كل من يعبر ساحة السوق، وتقارنه بقائمة لم "
                    "يرها أحد.</p>"
                )
            ),
            Quote("قالوا لي إن الحاسوب متأكد. قلت لهم: وأنا أيضًا.", "روزا، بائعة زهور"),
        ),
        letter=LetterView(
            salutation="السيدة د. هول،", body=html("<p>أنهوا التجربة، وأزيلوا الكاميرات، وامحوا ما جُمع.</p>")
        ),
        **count_of(3_402),
    ),
    "petition-errors": replace(OPEN, form=WRONG_FORM),
    "petition-paused": replace(
        OPEN, standing=Standing(state=State.PAUSED, since=date(2026, 5, 12)), form=None
    ),
    "petition-closed": resting(State.CLOSED, ""),
    "petition-closed-late": replace(resting(State.CLOSED, ""), kept=KEPT),
    "petition-arabic-late": replace(
        resting(State.CLOSED, ""), frame=ARABIC, title="أزيلوا كاميرات التعرّف على الوجوه", kept=KEPT_ARABIC
    ),
    "petition-won": resting(
        State.WON,
        "<p>On 24 June the council voted 31 to 9 to end the trial. The cameras come down in August.</p>",
    ),
    "petition-lost": resting(
        State.LOST,
        "<p>On 24 June the council renewed the contract by two votes. We will be back before the next one."
        "</p>",
    ),
    "check-inbox": CheckInboxPage(
        frame=FRAME,
        **TITLE,
        sender="petitions@opensquare.example",
    ),
    "check-inbox-error": CheckInboxPage(
        frame=FRAME,
        **TITLE,
        sender="petitions@opensquare.example",
        is_sent_again=True,
        email=email_field().filled(value="alice@", error="This address is not complete."),
    ),
    "confirm": ConfirmPage(frame=FRAME, **TITLE),
    "thanks": ThanksPage(
        frame=FRAME,
        **TITLE,
        **TOTAL,
        share=SHARE,
        words=html("<p>Vera from Open Square here: we hand the names over on 24 June. Come along.</p>"),
    ),
    "thanks-again": ThanksPage(frame=FRAME, **TITLE, **TOTAL, share=SHARE, was_counted_before=True),
    **{
        f"link-{fault}": LinkProblemPage(
            frame=FRAME, fault=fault, petition_url=TITLE["petition_url"], can_sign=True
        )
        for fault in LinkFault
    },
    "mastodon": MastodonPage(
        frame=FRAME, **TITLE, instance="mastodon.social", link="https://mastodon.social/share?text=a"
    ),
    "mastodon-error": MastodonPage(frame=FRAME, **TITLE),
    "names": NamesPage(
        frame=FRAME,
        **TITLE,
        total=1_871,
        signers=PEOPLE * 3,
        newer_url="names.html",
        older_url="names-older.html",
    ),
    "names-older": NamesPage(
        frame=FRAME, **TITLE, total=1_871, signers=signers(("Oldest Name", "")), newer_url="names.html"
    ),
    "names-none": NamesPage(frame=FRAME, **TITLE, total=0, signers=()),
    "versions": TextVersionsPage(
        frame=FRAME,
        **TITLE,
        removals=(
            RemovalView(count=1_240, removed_on=date(2026, 5, 3), reason="network"),
            RemovalView(
                count=7,
                removed_on=date(2026, 4, 30),
                reason="made_up",
                put_back=7,
                put_back_on=date(2026, 5, 1),
            ),
        ),
        versions=(
            VersionView(
                number=2,
                published_on=date(2026, 4, 28),
                signatures=1_204,
                changes=changed_parts(FIRST_TEXT, SECOND_TEXT),
                whole=whole_parts(SECOND_TEXT),
                note="The city gave the number of cameras.",
            ),
            VersionView(
                number=1,
                published_on=date(2026, 3, 1),
                signatures=667,
                changes=None,
                whole=whole_parts(FIRST_TEXT),
            ),
        ),
    ),
    "text-changed": TextChangedPage(
        frame=FRAME,
        **TITLE,
        changes=changed_parts(FIRST_TEXT, SECOND_TEXT),
        whole=whole_parts(SECOND_TEXT),
        typed=TYPED,
    ),
    "text-changed-unknown": TextChangedPage(
        frame=FRAME, **TITLE, changes=(), whole=whole_parts(SECOND_TEXT), typed=TYPED
    ),
    "text-changed-arabic": TextChangedPage(
        frame=ARABIC,
        **TITLE,
        changes=changed_parts(
            ARABIC_TEXT, replace(ARABIC_TEXT, letter="نطلب منكم إنهاء التجربة فورا (من 12 كاميرا).")
        ),
        whole=whole_parts(ARABIC_TEXT),
        typed=TYPED,
    ),
    "home": HomePage(
        frame=FRAME,
        heading="Open Square",
        introduction=html("<p>We keep public space public. Here is what needs your name.</p>"),
        petitions=CARDS,
    ),
    "home-none": HomePage(frame=FRAME, heading="Open Square"),
    "not-found": NotFoundPage(frame=FRAME),
    "not-found-kept": NotFoundPage(frame=Frame(language="en", organisation=None), kept=KEPT),
    "stale-form": StaleFormPage(frame=Frame(language="en", organisation=None)),
    "not-found-bare": NotFoundPage(frame=Frame(language="en", organisation=None)),
    "broken": BrokenPage(frame=FRAME),
    "unavailable": UnavailablePage(frame=FRAME),
    "unavailable-form": UnavailablePage(frame=FRAME, typed=TYPED),
    "moment": MomentPage(frame=FRAME, **TITLE),
    "moment-bare": MomentPage(frame=Frame(language="ar", organisation=None, direction="rtl")),
    "too-fast": TooFastPage(frame=FRAME, wait_seconds=30),
}
