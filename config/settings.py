"""Settings. Nothing set: one process, SQLite, everything in memory. DATABASE_URL and REDIS_URL: the server way."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from core.network import EVERYWHERE, names_of

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("PEYVAND_DATA", BASE_DIR / ".data"))


def flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(default)).lower() in ("1", "true", "yes", "on")


def secret_key() -> str:
    """SECRET_KEY, or a random one that is kept beside the data of an embedded installation."""
    if os.environ.get("SECRET_KEY"):
        return os.environ["SECRET_KEY"]
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text().strip()


DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "")
EMBEDDED = not DATABASE_URL
DEBUG = flag("PEYVAND_DEBUG", False)
DEMO = flag("PEYVAND_DEMO", False)
SECRET_KEY = secret_key()
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
SITE_URL = os.environ.get("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
# This machine's own names always: health checks ask by them.
ALLOWED_HOSTS = [
    "localhost", "127.0.0.1", "[::1]", urlsplit(SITE_URL).hostname or "localhost", *names_of(HOST),
    *filter(None, os.environ.get("ALLOWED_HOSTS", "").split(",")),
]  # fmt: skip
HTTPS = SITE_URL.startswith("https://")
# Where the worker finds the web, to see once a minute whether it answers.
HEALTH_URL = os.environ.get(
    "HEALTH_URL", f"http://{'127.0.0.1' if HOST in EVERYWHERE else names_of(HOST)[0]}:{PORT}" if EMBEDDED else SITE_URL
).rstrip("/")
TALLY_EVERY_S = 60  # what processes count (times of pages, …) is written down so often; 0: not by itself

INSTALLED_APPS = [
    "core",
    "paradigm",
    "accounts",
    "notifications",
    "mentoring.planning",
    "mentoring.relationships",
    "mentoring.matching",
    "mentoring.messaging",
    "mentoring.training",
    "mentoring.support",
    "mentoring.safeguarding",
    "evaluation",
    "dashboard",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "rules.apps.AutodiscoverRulesConfig",
]

MIDDLEWARE = [
    "core.middleware.request_id",
    "accounts.page_times.page_times",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.Compressed",
    "csp.middleware.CSPMiddleware",
    "core.middleware.permissions",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.reader",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.consent",
    "mentoring.safeguarding.middleware.faces",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.domain_errors",
    "core.middleware.up_from_a_form",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.reader",
                "dashboard.context.shell",
            ],
        },
    }
]

if EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "peyvand.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            # A file as in earnest: threads that share a database in memory lock each other out of whole tables.
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    }
else:
    # Under ASGI a persistent connection with psycopg2 outlives its thread; a pooler belongs in front of the database.
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0)}
    if "postgresql" in DATABASES["default"]["ENGINE"]:
        # Options named here replace those of the environment: without PGOPTIONS repeated, an operator's would be lost.
        # Pages ask much and briefly: to compile a statement takes longer than to answer it.
        limits = "-c lock_timeout=3000 -c statement_timeout=60000 -c jit=off"
        DATABASES["default"]["OPTIONS"] = {"options": f"{limits} {os.environ.get('PGOPTIONS', '')}"}

# Installations that share one Redis keep apart by the names of their databases, as `core.realtime` does.
SHARE_OF_REDIS = f"peyvand-{DATABASES['default']['NAME']}"
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "core.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": SHARE_OF_REDIS,
            "OPTIONS": {"serializer": "core.cache.Json", "socket_connect_timeout": 0.5, "socket_timeout": 1},
        }
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_TASK_DEFAULT_QUEUE = SHARE_OF_REDIS
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "memory://localhost/"

CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.2, "visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ALWAYS_EAGER = flag("PEYVAND_EAGER", False)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "core.sweep", "schedule": 10.0},
    # One that comes late says nothing about its minute.
    "health": {"task": "core.health", "schedule": crontab(), "options": {"expires": 60}},
    "tidy": {"task": "core.tidy", "schedule": 3600.0},
    "planning-tidy": {"task": "planning.tidy", "schedule": 3600.0},
    "talk-tidy": {"task": "messaging.tidy", "schedule": 3600.0},
    "safety-tidy": {"task": "safeguarding.tidy", "schedule": 24 * 3600.0},
    "weekly": {"task": "matching.weekly", "schedule": 900.0},
    "daily": {"task": "evaluation.daily", "schedule": 900.0},
    "digests": {"task": "notifications.digests", "schedule": 900.0},
}

AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "accounts.backends.SignIn",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.validators.LongEnough", "OPTIONS": {"min_length": 15}},
    {"NAME": "accounts.validators.NotCommon"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none" if DEMO else "mandatory"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetForm",
    "reset_password_from_key": "accounts.forms.ResetKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_DISPLAY = str
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "front"

# Per person, over all their sockets; three times as many at once.
TALK_FRAMES_PER_SECOND = int(os.environ.get("TALK_FRAMES_PER_SECOND", "10"))

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fa", "فارسی")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "core.finders.JoinedSheet",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if flag("PEYVAND_MANIFEST", not EMBEDDED)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not flag("PEYVAND_MANIFEST", not EMBEDDED)
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
IMPORT_MAX_BYTES = 5 * 1024 * 1024
IMPORT_MAX_ROWS = 20_000
# A function "texts -> one vector per text" by its dotted name, that compares free text instead of n-grams; see docs/running.md.
MATCHING_TEXT_MODEL = os.environ.get("MATCHING_TEXT_MODEL", "")

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Peyvand <peyvand@localhost>")
# Without a mail server mails are kept and readable on the page of mails, and go nowhere.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "notifications.backends.KeptMail"

# Answers by mail: reply@mail.example.edu, to whose +addresses people answer, and what its mail server says at our door.
REPLY_ADDRESS = os.environ.get("REPLY_ADDRESS", "")
INBOUND_MAIL_SECRET = os.environ.get("INBOUND_MAIL_SECRET", "")

# Whom a push service may write to when something is wrong with what we send.
PUSH_CONTACT = os.environ.get("PUSH_CONTACT", SITE_URL if HTTPS else "mailto:peyvand@localhost")
# Calls: how two browsers find each other (coturn's REST scheme), and whether only through the relay.
STUN_URLS = [url for url in os.environ.get("STUN_URLS", "").split(",") if url]
TURN_URLS = [url for url in os.environ.get("TURN_URLS", "").split(",") if url]
TURN_SECRET = os.environ.get("TURN_SECRET", "")
CALLS_RELAY_ONLY = flag("CALLS_RELAY_ONLY", False)
# Rooms for calls elsewhere (Jitsi, BigBlueButton) in one's own network; otherwise only public addresses are connected to.
MEETINGS_IN_OWN_NETWORK = flag("MEETINGS_IN_OWN_NETWORK", False)

# Push services in one's own network, for tests and closed houses; otherwise only public addresses are connected to.
PUSH_TO_OWN_NETWORK = flag("PUSH_TO_OWN_NETWORK", False)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.keys.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.keys.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "core.schema.Schema",
    "EXCEPTION_HANDLER": "core.api.problem",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.keys.KeyThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": "1200/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Peyvand",
    "DESCRIPTION": _("Programmes, people, enrolments, relationships, scores and runs of matching of one institution."),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ReportKindEnum": "evaluation.models.ProgrammeReport.Kind",
        "RunStatusEnum": "mentoring.matching.models.MatchRun.Status",
        "PairStatusEnum": "mentoring.matching.models.Pair.Status",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "structlog.stdlib.ProcessorFormatter", "processor": "structlog.processors.JSONRenderer"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
