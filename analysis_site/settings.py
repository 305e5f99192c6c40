"""Every setting of the site. What may differ between machines is read from the environment.

docs/operations.md lists the environment variables; tests/site keeps the two alike.
"""

import os
import warnings
from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers

from analysis_site import environment, logs, schema_tags

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = environment.directory("VAR_DIR", BASE_DIR / "var")

DEBUG = environment.flag("DEBUG", False)
SECRET_KEY = environment.secret("SECRET_KEY", VAR_DIR / "secret_key")
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.number("PORT", 8000, 1, 65535)
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")
HTTPS = environment.flag("HTTPS", False)

# -- Applications --------------------------------------------------------------------------------

ROOT_URLCONF = "analysis_site.urls"
ASGI_APPLICATION = "analysis_site.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "daphne",  # before staticfiles: its runserver speaks ASGI
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "corsheaders",
    "django_tasks",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "csp",
    "analysis_site",
    "progress",
    "analysis",
]

MIDDLEWARE = [
    "analysis_site.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "progress.access.BrowserMiddleware",
]

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
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

# -- Storage, delivery, work ---------------------------------------------------------------------

DATABASES = {"default": environment.database("DATABASE_URL", VAR_DIR / "db.sqlite3")}
# Threads share an in-memory test database badly ("table is locked"), so tests use a file; the
# process number lets two test runs stand side by side.
DATABASES["default"]["TEST"] = (
    {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")}
    if DATABASES["default"]["ENGINE"].endswith("sqlite3")
    else {"NAME": f"test_tickertape_{os.getpid()}"}
)

REDIS_URL = environment.redis_url("REDIS_URL")
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [environment.redis_host(REDIS_URL)], "prefix": "tickertape"},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# Runs that one process works on at the same time; further ones wait in its queue.
WORKER_CONCURRENCY = environment.number("WORKER_CONCURRENCY", 8, 1, 1000)
# Where a worker shows its numbers, on HOST; a web process has them at /metrics. 0: nowhere.
METRICS_PORT = environment.number("METRICS_PORT", 0, 0, 65535)
TASKS: dict[str, Any] = {
    "default": {
        "BACKEND": "progress.dispatch.celery.CeleryBackend"
        if REDIS_URL
        else "progress.dispatch.inprocess.InProcessBackend",
        "QUEUES": [],
        "OPTIONS": {"concurrency": WORKER_CONCURRENCY},
    }
}
# Seconds that runs get to finish when the server is asked to stop.
DRAIN_SECONDS = environment.number("DRAIN_SECONDS", 10, 0, 600)

PROGRESS: dict[str, Any] = {
    # A token that is sent must be right, whatever cookies come along with it.
    "authenticators": (
        "analysis.tokens.from_token",
        "analysis.tickets.from_ticket",
        "progress.access.from_user",
        "progress.access.from_browser",
    ),
    # Hosts that webhooks may call although their addresses are private, and over plain http.
    "webhook_allowed_hosts": tuple(environment.names("WEBHOOK_ALLOWED_HOSTS", "")),
}

# -- Analysis ------------------------------------------------------------------------------------

MARKET_DIR = environment.directory("MARKET_DIR", VAR_DIR / "market")
ANALYSIS_PROVIDER = environment.choice("ANALYSIS_PROVIDER", "embedded", ("embedded", "claude"))
# Stretches each step of an analysis, to watch it in a demonstration or a test.
ANALYSIS_PACE_MS = environment.number("ANALYSIS_PACE_MS", 0, 0, 60_000)
ANTHROPIC_API_KEY = environment.text("ANTHROPIC_API_KEY")
ANTHROPIC_MODEL = environment.text("ANTHROPIC_MODEL", "claude-sonnet-5-5")
ANTHROPIC_BASE_URL = environment.web_address("ANTHROPIC_BASE_URL")
if ANALYSIS_PROVIDER == "claude" and not ANTHROPIC_API_KEY:
    environment.stop("ANTHROPIC_API_KEY must be set where ANALYSIS_PROVIDER is claude")

# -- API -----------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["analysis.rest.parsers.StrictJson"],
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "analysis_site.problems.handler",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Tickertape",
    "DESCRIPTION": "Ask a question about stocks, watch the analysis happen, check the answer.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "TAGS": schema_tags.TAGS,
    "SCHEMA_PATH_PREFIX": "/api",
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": schema_tags.ENUMS,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "analysis_site.schema.finish",
    ],
}

# Requests a minute of one owner and of one address, in each process; 0 is without a limit.
THROTTLE_OWNER = environment.number("THROTTLE_OWNER", 1_800, 0, 1_000_000)
THROTTLE_ADDRESS = environment.number("THROTTLE_ADDRESS", 6_000, 0, 1_000_000)
# Everything that is sent here is small: questions, SQL, forms of the admin.
MAX_BODY_BYTES = environment.number("MAX_BODY_BYTES", 1_048_576, 1_024, 1_000_000_000)
# What the throttles count; nothing else is cached in memory.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Front ends of other sites: they send tokens, never cookies.
CORS_ALLOWED_ORIGINS = environment.origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = (
    *default_headers,
    "idempotency-key",
    "if-none-match",
    "last-event-id",
    "prefer",
    "x-request-id",
)
CORS_EXPOSE_HEADERS = (
    "etag",
    "idempotent-replayed",
    "location",
    "preference-applied",
    "retry-after",
    "x-request-id",
)

# -- Static files --------------------------------------------------------------------------------

# WhiteNoise hands files over as sync iterators; they are small, so reading them whole is right.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "analysis.vega.VegaBundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "analysis_site.static.HashedStaticFilesStorage"
    },
}

# -- Security ------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    # Supervisors and Prometheus ask this process itself, not the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]

# -- Logs ----------------------------------------------------------------------------------------

LOG_LEVEL = environment.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = environment.choice("LOG_FORMAT", "console", ("console", "json"))
LOGGING = logs.configuration(LOG_LEVEL, LOG_FORMAT)
