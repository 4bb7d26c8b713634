"""What the demo tells: `content.toml`, read once."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any


@cache
def content() -> dict[str, Any]:
    """Teams, entries, people, aims."""
    return tomllib.loads(Path(__file__).with_name("content.toml").read_text(encoding="utf-8"), parse_float=Decimal)


def slug(name: str) -> str:
    """A key for a person of the demo."""
    from games.bundles.sheets import slug as keyed  # noqa: PLC0415 -- games is loaded after the settings

    return keyed(name)
