"""Django's settings. What an operator may change comes from the environment; docs/settings.md lists it."""

import secrets
from pathlib import Path

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _

from undersign.foundation.jetstream.address import stream_address
from undersign.foundation.keys import load_keys
from undersign.foundation.postgres import database_url
from undersign.messaging.mail_url import mail_settings

django_stubs_ext.monkeypatch()

env = environ.Env()
PACKAGE_DIR = Path(__file__).resolve().parent.parent

# ---- Where this instance keeps what it must not lose: keys, uploads, the embedded database.
DATA_DIR = Path(env.str("UNDERSIGN_DATA_DIR", default="data")).resolve()
KEYS_FILE = Path(env.str("UNDERSIGN_KEYS_FILE", default=str(DATA_DIR / "keys.json"))).resolve()
ERASURES_FILE = Path(env.str("UNDERSIGN_ERASURES_FILE", default=str(DATA_DIR / "erasures.jsonl"))).resolve()

# ---- Where it is reached.
BASE_URL = env.str("UNDERSIGN_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
IS_SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("UNDERSIGN_ALLOWED_HOSTS", default=["*"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "undersign.web.views.errors.stale_form"
METRICS_TOKEN = env.str("UNDERSIGN_METRICS_TOKEN", default="")
TRUSTED_PROXIES = env.list("UNDERSIGN_TRUSTED_PROXIES", default=[])

# ---- What is asked of crowded networks: forms a minute that need no proof (0: each needs one, off: none
# does), and how many numbers the hardest proof has a browser try, at most.
_pace = env.str("UNDERSIGN_NETWORK_PACE", default="30")
NETWORK_PACE = None if _pace == "off" else int(_pace)
MAIL_DOMAIN_LOOK_UPS = env.bool("UNDERSIGN_MAIL_DOMAIN_LOOK_UPS", default=True)
PROOF_NUMBERS = env.int("UNDERSIGN_PROOF_NUMBERS", default=4000)

DEBUG = env.bool("UNDERSIGN_DEBUG", default=False)
# Sessions are signed with a key of the keys file. Before there is one nothing is served: any secret will do.
SECRET_KEY = load_keys(KEYS_FILE).django_secret if KEYS_FILE.exists() else secrets.token_urlsafe(50)

INSTALLED_APPS = [
    "undersign.foundation",
    "undersign.supporters",
    "undersign.campaigns",
    "undersign.messaging",
    "undersign.signing",
    "undersign.delivery",
    "undersign.moderation",
    "undersign.web",
    "undersign.config",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtail.contrib.simple_translation",
    "modelcluster",
    "taggit",
    "django_countries",
    "django_filters",
    "axes",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "undersign.config.urls"
ASGI_APPLICATION = "undersign.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ---- PostgreSQL, the only moving part.
database = env.db_url("DATABASE_URL", default=database_url(DATA_DIR))
DATABASES = {
    "default": {
        **database,
        # A server that is gone without a word is noticed within seconds; DATABASE_URL may say otherwise.
        "OPTIONS": {
            "connect_timeout": 5,
            "tcp_user_timeout": 15_000,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            **database.get("OPTIONS", {}),
        },
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    },
}
# Where attempts are handed in: straight to PostgreSQL (None), or to a stream that the worker writes from.
_intake = env.str("UNDERSIGN_INTAKE", default="postgresql")
INTAKE = None if _intake == "postgresql" else stream_address(_intake)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- People who work here.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLE_ADMIN = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who logged in when is nobody's business
AXES_USERNAME_CALLABLE = "undersign.web.admin.entrance.failures.username_pseudonym"
AXES_CLIENT_IP_CALLABLE = "undersign.web.admin.entrance.failures.network_pseudonym"
AXES_CLIENT_STR_CALLABLE = "undersign.web.admin.entrance.failures.client_unnamed"
AXES_LOCKOUT_CALLABLE = "undersign.web.admin.entrance.failures.locked_out"
WAGTAILADMIN_USER_LOGIN_FORM = "undersign.web.admin.entrance.forms.EmailLoginForm"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "undersign.web.admin.entrance.forms.MemberPasswordResetForm"  # noqa: S105
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # the address is the user name: operators change it
UNDERSIGN_DOORKEEPERS = ["undersign.web.admin.walls.doorkeeper.WagtailDoorkeeper"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = True

# ---- Languages of the interface. The first is spoken at addresses without a prefix.
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _("English")), ("de", _("German")), ("ar", _("Arabic"))]
LOCALE_PATHS = [str(PACKAGE_DIR / "locale")]
USE_I18N = USE_TZ = USE_THOUSAND_SEPARATOR = True
NUMBER_GROUPING = 3  # for languages whose formats in Django name none, such as Arabic
WAGTAIL_I18N_ENABLED = True
TIME_ZONE = env.str("UNDERSIGN_TIME_ZONE", default="UTC")

# ---- Files.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "undersign.config.static_files.HashedStaticFiles"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long story in Wagtail's editor has thousands

# ---- Mail. Without a server, mails go to the mailbox page that organisers can read.
MAIL_FROM = env.str("UNDERSIGN_MAIL_FROM", default="petitions@localhost")
MAIL_DOMAINS = env.list("UNDERSIGN_MAIL_DOMAINS", default=[])
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
ANYMAIL: dict[str, str] = {}
vars().update(mail_settings(env.str("UNDERSIGN_MAIL_URL", default="")))
if webhook_secret := env.str("UNDERSIGN_MAIL_WEBHOOK_SECRET", default=""):
    ANYMAIL["WEBHOOK_SECRET"] = webhook_secret  # user:password, as the provider is told to send them
EMAIL_TIMEOUT = 30  # seconds for each answer of the server; messaging.services.delivering counts on it
DKIM_DOMAIN = env.str("UNDERSIGN_DKIM_DOMAIN", default="")
DKIM_SELECTOR = env.str("UNDERSIGN_DKIM_SELECTOR", default="undersign")
DKIM_KEY_FILE = env.str("UNDERSIGN_DKIM_KEY_FILE", default="")  # empty: the one in the keys file

# ---- Wagtail.
WAGTAIL_SITE_NAME = "Undersign"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False  # it would call a third party
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # so would avatars
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = ""  # it would name the page behind any address, drafts included
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_IMAGE_MODEL = "web.CampaignImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "undersign.web.admin.petitions.picture_form.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif"]  # no SVG: it can carry scripts
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000  # looked up in the header, before anything is decoded
WAGTAIL_ALLOW_UNICODE_SLUGS = False

PROCRASTINATE_ON_APP_READY = None
