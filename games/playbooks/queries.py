"""The playbooks of this instance: the library (files beside this one) and those posted, each in versions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet

from games.errors import NotFound
from games.playbooks.models import Playbook
from games.playbooks.schema import Design, parse_design, read_toml
from leaderboards.engine.language import gettext as _

LIBRARY: Final = Path(__file__).with_name("library")
KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
SAMPLE_START: Final = datetime(2030, 1, 7, 9, tzinfo=UTC)
"""A Monday: what offsets count from when a playbook is only looked at."""


class PlaybookMissing(NotFound):
    """No playbook has this key (or this version of it)."""

    code = "playbook_missing"


@dataclass(frozen=True, slots=True)
class Preset:
    """A playbook as it is offered. `data` is what was written, as JSON data: numbers exact, times still offsets."""

    key: str
    version: int
    name: str
    summary: str
    source: str
    data: Mapping[str, Any]

    @property
    def label(self) -> str:
        """Key and version, as a cycle remembers them."""
        return f"{self.key}@{self.version}"

    def sample(self) -> Design:
        """The Design it would give if it started on SAMPLE_START. Raises DesignRefused."""
        return parse_design(self.data, start=SAMPLE_START, file=self.label)


def exact(value: object) -> Any:
    """The same data as JSON can hold it, every number exact: a float becomes the shortest text that means it, a Decimal its digits."""
    if isinstance(value, Mapping):
        return {str(name): exact(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [exact(inner) for inner in value]
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | time) else value


@cache
def library() -> Mapping[str, Preset]:
    """The playbooks that come with Ludus, by key. Read once."""
    return {preset.key: preset for preset in map(_read, sorted(LIBRARY.glob("*.toml")))}


def _read(path: Path) -> Preset:
    data = exact(read_toml(path.read_text(encoding="utf-8")))
    info = data.get("playbook", {})
    return Preset(
        key=info.get("key", path.stem),
        version=info.get("version", 1),
        name=info.get("name", path.stem),
        summary=info.get("summary", ""),
        source="library",
        data=data,
    )


def _posted(row: Playbook) -> Preset:
    return Preset(row.key, row.version, row.name, row.summary, row.source, row.data)


def posted() -> QuerySet[Playbook]:
    """Every posted version, the newest of a key first."""
    return Playbook.objects.order_by("key", "-version")


def presets() -> list[Preset]:
    """What can be launched: the library first, then the newest version of each posted playbook."""
    return [*library().values(), *_newest()]


def _newest() -> Iterator[Preset]:
    seen = set(library())
    for row in posted():
        if row.key not in seen:
            seen.add(row.key)
            yield _posted(row)


def preset(key: str, version: int | None = None) -> Preset:
    """The playbook with this key, newest or numbered; "key@2" names the version too. Raises PlaybookMissing."""
    key, __, tail = key.partition("@")
    if tail.isascii() and tail.isdigit():
        version = int(tail)
    found = library().get(key)
    if found is not None and version in {None, found.version}:
        return found
    rows = posted().filter(key=key) if KEY.fullmatch(key) else posted().none()
    row = (rows if version is None else rows.filter(version=version)).first()
    if row is None or found is not None:
        wanted = key if version is None else f"{key}@{version}"
        message = _(
            'There is no playbook "{wanted}"; known: {names}.',
            wanted=wanted,
            names=", ".join(one.label for one in presets()) or _("none"),
        )
        raise PlaybookMissing(message)
    return _posted(row)
