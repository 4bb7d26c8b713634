"""Imported first by what granian serves: packages that are there for development only are not loaded, as they are not there in production."""

import sys
from typing import Any, Final

DEVELOPMENT: Final = ("rich", "pygments", "twisted", "requests", "greenlet")
"""Libraries that find them load them: fifteen megabytes."""

if "granian" in sys.modules:  # never where rows are run or tested
    _loaded: dict[str, Any] = sys.modules
    _loaded.update(dict.fromkeys(DEVELOPMENT))
