"""All settings, read top to bottom; every outside value is explained in ``.env.example``.

Safe by default: without DEMO this is production, which needs a SECRET_KEY, refuses DEBUG,
keeps cookies to HTTPS and redirects plain HTTP. Tests and production read this same file.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from pmpzi.environment import mail_settings, secret_key, site_url

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")  # variables that are already set win over the file

# What kind of run this is ---------------------------------------------------------------

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = (BASE_DIR / (env.str("VAR_DIR", default="") or "var")).resolve()

if DEBUG and not DEMO:
    raise ImproperlyConfigured(
        "DEBUG hanya boleh aktif bersama DEMO=1. Matikan DEBUG, atau isi DEMO=1 bila ini hanya "
        "untuk mencoba."
    )

SECRET_KEY = secret_key(env.str("SECRET_KEY", default=""), demo=DEMO, var_dir=VAR_DIR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# The machine's own names are for health probes; they are never used to make links.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[]), "localhost", "127.0.0.1", "[::1]"]

# Parts ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "pmpzi",
    "demo",
    "reports",
    "assessments",
    "prerequisites",
    "evidence",
    "teams",
    "notices",
    "accounts",
    "satker",
    "audit",
    "common",
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.middleware.RequestIdMiddleware",
    "common.middleware.SecurityHeadersMiddleware",
    "common.middleware.TextGZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.middleware.PlainCookiesMiddleware",
    "common.sessions.RenewedSessionMiddleware",
    "common.middleware.StrangersFilesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.middleware.SignInRequiredMiddleware",
    "common.middleware.PlainQueryMiddleware",
    "accounts.middleware.PasswordChangeRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.middleware.NotAPageMiddleware",
]

ROOT_URLCONF = "pmpzi.urls"
WSGI_APPLICATION = "pmpzi.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assessments.queue.queue_count",
            ],
        },
    },
]

# Database and cache ---------------------------------------------------------------------

DATABASE_ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}

if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
else:
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "db.sqlite3"}
    }
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}  # seconds

if DATABASES["default"]["ENGINE"] not in DATABASE_ENGINES:
    raise ImproperlyConfigured("DATABASE_URL harus diawali sqlite:// atau postgres://.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "common.sqlite"
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
    # IMMEDIATE: a transaction takes the write lock when it begins, so that none fails half
    # way; FULL: what was acknowledged survives a power failure.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

# In the database, because limits on sign-in must count across all workers.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_table",
        # Beyond it entries are dropped, counted attempts among them.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# Work beside the requests: e-mail, previews (docs/decisions/0041) -------------------------

# Without a worker a job runs at once, in the request that asks for it.
JOB_WORKER = env.bool("JOB_WORKER", default=False)
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if JOB_WORKER
        else "django_tasks.backends.immediate.ImmediateBackend"
    }
}

# E-mail ---------------------------------------------------------------------------------

# Without EMAIL_URL none is made and none is sent; all else works.
_mail = mail_settings(env.str("EMAIL_URL", default=""))
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="") or "PMPZI <pmpzi@localhost>"

# Where links in e-mails lead; without it mails hold no links.
SITE_URL = site_url(env.str("SITE_URL", default=""))

# People, passwords, sessions ------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"

LOGIN_URL = "/masuk/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/masuk/"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Sign-in is django-allauth's; the addresses in use are listed in accounts/urls.py.
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
# Failed attempts: few for one account, many for one address, since a whole office, or a whole
# province, comes from one.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "100/m/ip,5/5m/key",
    "change_password": "10/m/user",
}

# A session ends after 12 hours without use; RenewedSessionMiddleware moves the end along.
SESSION_COOKIE_AGE = 12 * 60 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = SESSION_COOKIE_AGE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Scripts read the token at each save: signing in again in another tab makes a new one.
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "common.views.csrf_failure"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Transport and headers ------------------------------------------------------------------

# How many proxies of our own stand before the server. With one or more, their
# X-Forwarded-Proto tells whether the browser came by HTTPS.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT  # whose address counts failed sign-ins

SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^sehat$", r"^siap$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SESSION_COOKIE_SECURE = not DEMO
CSRF_COOKIE_SECURE = not DEMO

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Language and formats -------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Indonesia")]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
FORMAT_MODULE_PATH = ["pmpzi.formats"]
USE_THOUSAND_SEPARATOR = False

# Static files, uploads, evidence --------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = (BASE_DIR / (env.str("STATIC_ROOT", default="") or VAR_DIR / "static")).resolve()
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "common.bundle.BundleFinder",
]

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "evidence",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    # Derived from the files; can be deleted as a whole (docs/decisions/0048).
    "previews": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "previews",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "common.storage.StaticStorage"},
}

# Files go to a temporary file from the first byte; the limit is for the fields beside them.
FILE_UPLOAD_HANDLERS = ["evidence.uploads.CappedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes, 2.5 MiB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

EVIDENCE_QUOTA = env.int("EVIDENCE_QUOTA_MB", default=2048) * 1024 * 1024  # bytes a satker
if EVIDENCE_QUOTA <= 0:
    raise ImproperlyConfigured("EVIDENCE_QUOTA_MB harus lebih dari 0.")

PREVIEW_CACHE = env.int("PREVIEW_CACHE_MB", default=2048) * 1024 * 1024  # bytes, thumbnails aside
if PREVIEW_CACHE <= 0:
    raise ImproperlyConfigured("PREVIEW_CACHE_MB harus lebih dari 0.")
# In a process of the server; half of its threads at most, since others save. Each may take the
# memory that `evidence.rendering.protocol` allows.
PREVIEWS_AT_ONCE = max(1, min(2, env.int("WEB_THREADS", default=4) // 2))

# Log: one JSON object a line on standard error ------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "common.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Replaces Django's own handlers, which mail tracebacks to administrators.
        "django": {"handlers": [], "level": LOG_LEVEL},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # These tell every step of a font or a page.
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
