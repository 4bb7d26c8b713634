"""Settings for tests: as in production, except that parallel runs keep apart and passwords are hashed fast."""

import os
import sys

os.environ["LUDUS_PREFIX"] = (
    f"test-{os.environ.get('PYTEST_XDIST_TESTRUNUID', 'one')[:8]}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-"
)
os.environ.setdefault("LUDUS_LOG_LEVEL", "WARNING")

from backend.settings import *  # noqa: F403 -- the prefix is set first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # no collected files are needed
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405 -- from the star
    # As PostgreSQL for tests: nobody minds what a power cut would take, and nothing waits for the disk.
    DATABASES["default"]["OPTIONS"] |= {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"}  # noqa: F405
if HAS_REDIS and "pytest" in sys.modules:  # noqa: F405
    # On a busy machine Redis is slow, not away: what a test counts on is not missed. Processes that a test starts are as impatient as ever.
    CACHES["default"]["OPTIONS"] |= {"socket_connect_timeout": 20, "socket_timeout": 20}  # noqa: F405
