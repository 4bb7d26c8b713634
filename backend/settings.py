"""Every setting of Ludus. Values come from the environment (docs/operations/settings.md lists each one) and fail at start when they are wrong."""

from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from backend import __version__
from backend.connections import (
    DATABASE_SCHEMES,
    EMAIL_SCHEMES,
    REDIS_SCHEMES,
    database_settings,
    mailer_settings,
    redis_database,
)
from backend.env import SettingError, env_bool, env_int, env_list, env_secret, env_seed, env_str, env_url
from backend.logs import logging_settings

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_SECRET_KEY = "for-development-only-never-for-production-0123456789"  # noqa: S105 -- the checks refuse it in production
VERSION = __version__

# --- What kind of house this is -------------------------------------------------------------------------------------------------------
PRODUCTION = env_bool("LUDUS_PRODUCTION")
DEBUG = env_bool("LUDUS_DEBUG")
HTTPS = env_bool("LUDUS_HTTPS", default=PRODUCTION)
SECRET_KEY = env_secret("LUDUS_SECRET_KEY", DEFAULT_SECRET_KEY)
SECRET_KEY_FALLBACKS = env_list("LUDUS_OLD_SECRET_KEYS")
# Signs certificates and badges. Without one of its own it is derived from the secret key.
SIGNING_KEY = env_seed("LUDUS_SIGNING_KEY")
WEB_PROCESSES = env_int("LUDUS_WEB_PROCESSES", 1, least=1, most=256)
PUBLIC_URL = env_url("LUDUS_URL", "http://localhost:8000", schemes=frozenset({"http", "https"})).rstrip("/")
ISSUER_NAME = env_str("LUDUS_ISSUER") or f"Ludus at {urlsplit(PUBLIC_URL).netloc}"
ALLOWED_HOSTS = env_list("LUDUS_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Several houses (or parallel tests) on one Redis keep apart by this prefix.
PREFIX = env_str("LUDUS_PREFIX", "ludus-")

# --- Where things are kept ------------------------------------------------------------------------------------------------------------
DATA = Path(env_str("LUDUS_DATA", str(ROOT / ".ludus"))).resolve()
DATABASE_URL = env_url("DATABASE_URL", f"sqlite:///{DATA / 'ludus.sqlite3'}", schemes=DATABASE_SCHEMES)
DATABASES = {"default": database_settings(DATABASE_URL, pool_size=env_int("LUDUS_DATABASE_POOL", 8, most=500))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Without REDIS_URL everything stays in this one process: enough for the command line, never for production.
REDIS_URL = env_url("REDIS_URL", "redis://unset", schemes=REDIS_SCHEMES)
HAS_REDIS = REDIS_URL != "redis://unset"
if HAS_REDIS:
    CACHES = {
        "default": {
            "BACKEND": "backend.cache.PatientCache",
            "LOCATION": redis_database(REDIS_URL, 1),
            "KEY_PREFIX": PREFIX,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 2},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "KEY_PREFIX": PREFIX}}

LEADERBOARD_ACCESS = "backend.sockets.board_side"
# Where ranks of very large boards of points come from when Redis has lost them; and from how many groups on they are a sorted set there.
LEADERBOARD_TOTALS = "games.recognition.queries.from_totals.FromTotals"
LEADERBOARD_SETS_FROM = env_int("LUDUS_SETS_FROM", 20_000, least=2)
LEADERBOARD_READY = "backend.ready.build"
LEADERBOARD_WATCHER = "backend.sockets.who_is"
LEADERBOARD_SIGNER = "games.credentials.actions.keys.signer"
HOUSEKEEPING = ["backend.api.idempotency.forget_old"]  # called once an hour with now=

MEDIA_ROOT = DATA / "uploads"
UPLOAD_MAX_BYTES = env_int("LUDUS_UPLOAD_MAX_MB", 50, least=1, most=10_240) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [path for path in (ROOT / "backend" / "static",) if path.is_dir()]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- The parts ------------------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "channels",
    "leaderboards",
    "games",
    "backend.accounts",
    "backend.api",
    "backend",
]
MIDDLEWARE = [
    "backend.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "backend.static_files.StaticFiles",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backend.strange.StrangeSigns",
    "backend.web.drafts.ToTheDraft",
    "backend.unchanged.Unchanged",
]
ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
ASGI_APPLICATION = "backend.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "backend" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "backend.lately.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- People ---------------------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["backend.accounts.sessions.Accounts"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "backend.web.errors.csrf_failed"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# --- Safety ---------------------------------------------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "backend.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # probes come from inside, without the proxy
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env_bool("LUDUS_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Words and time -------------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"  # of this house: what is written for everybody, and mails
LANGUAGES = [("en", "English")]  # what a browser may ask for; one more for each catalog in LOCALE_PATHS
LOCALE_PATHS = [ROOT / "backend" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Live boards: what one live process allows ------------------------------------------------------------------------------------------
LIVE_REDIS_URL = redis_database(REDIS_URL, 2) if HAS_REDIS else ""
LIVE_TICK = env_int("LUDUS_LIVE_TICK_MS", 250, most=60_000) / 1000  # seconds between two messages of one side of a board
LIVE_SOCKETS = env_int("LUDUS_LIVE_SOCKETS", 20_000, least=1)
LIVE_SOCKETS_PER_USER = env_int("LUDUS_LIVE_SOCKETS_PER_USER", 20, least=1)
LIVE_SOCKETS_PER_ADDRESS = env_int("LUDUS_LIVE_SOCKETS_PER_ADDRESS", 2000, least=1)  # a whole hall may come from one address
LIVE_WAITING = env_int("LUDUS_LIVE_WAITING", 32, least=1)  # messages that may wait for a slow client
LIVE_RECHECK = env_int("LUDUS_LIVE_RECHECK_SECONDS", 60, least=1)  # the net: everybody is asked again that often

# --- API ------------------------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.api.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["backend.api.permissions.Permitted"],
    "DEFAULT_PARSER_CLASSES": ["backend.api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["backend.api.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "backend.api.negotiation.Negotiation",
    "DEFAULT_FILTER_BACKENDS": [
        "backend.api.permissions.VisibleRows",
        "backend.api.filters.Filtered",
    ],
    "DEFAULT_PAGINATION_CLASS": "backend.api.pagination.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "leaderboards.describing.AutoSchema",
    "EXCEPTION_HANDLER": "backend.api.errors.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ludus",
    "DESCRIPTION": "The platform on which teams learn by competing.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # the description depends on no setting: ./run check schema, not each start in production
    "ENUM_NAME_OVERRIDES": {
        "CycleState": "backend.api.openapi.CYCLE_STATES",
        "SubmissionState": "backend.api.openapi.SUBMISSION_STATES",
        "SheetState": "backend.api.openapi.SHEET_STATES",
        "CalibrationState": "backend.api.openapi.CALIBRATION_STATES",
        "PlanState": "backend.api.openapi.PLAN_STATES",
        "ReviewState": "backend.api.openapi.REVIEW_STATES",
        "DeliberationState": "backend.api.openapi.DELIBERATION_STATES",
        "AppealState": "backend.api.openapi.APPEAL_STATES",
        "ChangeSetState": "backend.api.openapi.CHANGE_SET_STATES",
        "ChangeKind": "backend.api.openapi.CHANGE_KINDS",
        "ConflictKind": "backend.api.openapi.CONFLICT_KINDS",
        "ReplyKind": "backend.api.openapi.REPLY_KINDS",
        "AudienceEnum": "backend.api.openapi.AUDIENCES",
        "IdeaAudience": "backend.api.openapi.IDEA_AUDIENCES",
        "IdeaKind": "backend.api.openapi.IDEA_KINDS",
        "DerivationKind": "backend.api.openapi.DERIVATION_KINDS",
        "CitingKind": "backend.api.openapi.CITING_KINDS",
        "PartnershipKind": "backend.api.openapi.PARTNERSHIP_KINDS",
        "ThreadKind": "backend.api.openapi.THREAD_KINDS",
        "VotingState": "backend.api.openapi.VOTING_STATES",
        "GivenState": "backend.api.openapi.GIVEN_STATES",
        "Pace": "backend.api.openapi.PACES",
        "CredentialSource": "backend.api.openapi.CREDENTIAL_SOURCES",
        "PlaybookSource": "backend.api.openapi.PLAYBOOK_SOURCES",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "backend.api.openapi.add_refusals"],
}

# --- Mail -----------------------------------------------------------------------------------------------------------------------------
MAILERS = {"default": mailer_settings(env_url("EMAIL_URL", "console:", schemes=EMAIL_SCHEMES))}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_str("LUDUS_EMAIL_FROM", "Ludus <ludus@localhost>")

# --- Background work ------------------------------------------------------------------------------------------------------------------
# Publishing never retries and gives up fast: a broker that is down must not slow a request; the sweep in worker/schedule.py catches up.
CELERY_BROKER_URL = redis_database(REDIS_URL, 0) if HAS_REDIS else "memory://"
CELERY_RESULT_BACKEND = redis_database(REDIS_URL, 3) if HAS_REDIS else "cache+memory://"
ONE_TRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "socket_connect_timeout": 0.5, "socket_timeout": 1}
CELERY_BROKER_TRANSPORT_OPTIONS = ONE_TRY | {"global_keyprefix": PREFIX} if HAS_REDIS else {}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"global_keyprefix": PREFIX}
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_DEFAULT_QUEUE = f"{PREFIX}default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True  # a killed worker's task runs again: every task is safe to run twice
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# --- Logs -----------------------------------------------------------------------------------------------------------------------------
LOGGING = logging_settings(
    level=env_str("LUDUS_LOG_LEVEL", "INFO", choices=frozenset({"DEBUG", "INFO", "WARNING", "ERROR"})),
    json=env_bool("LUDUS_LOG_JSON", default=PRODUCTION),
)

LOG_REQUESTS = env_bool("LUDUS_LOG_REQUESTS", default=PRODUCTION)
# Who may read /metrics beside processes of this machine.
METRICS_TOKEN = env_secret("LUDUS_METRICS_TOKEN")

if PRODUCTION and not HAS_REDIS:
    raise SettingError("REDIS_URL", None, "redis://host:6379 in production")
