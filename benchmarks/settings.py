"""A Django project that has only what a benchmark needs; the environment says where its data is."""

import os

import dj_database_url

SECRET_KEY = "benchmark"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "benchmarks.peers.eventstream"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "channels",
    "django_eventstream",
    "progress",
]
MIDDLEWARE: list[str] = []
DATABASES = {"default": dj_database_url.parse(os.environ["BENCH_DATABASE"])}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA cache_size=-16384;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
REDIS_PORT = int(os.environ["BENCH_REDIS_PORT"])
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": f"redis://127.0.0.1:{REDIS_PORT}/0", "protocol": 2}]},
    },
    # What the tutorial of Channels configures, but for the limit of redis-py's pool: each viewer
    # holds a connection, and with the usual 100 the 101st viewer ends the server.
    "tutorial": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [
                {"address": f"redis://127.0.0.1:{REDIS_PORT}/0", "max_connections": 20_000},
            ]
        },
    },
}
EVENTSTREAM_STORAGE_CLASS = "django_eventstream.storage.DjangoModelStorage"
EVENTSTREAM_REDIS = {"host": "127.0.0.1", "port": REDIS_PORT, "db": 0}
PROGRESS = {"streams_per_owner": 100_000, "streams_total": 100_000}
LOGGING_CONFIG = None
