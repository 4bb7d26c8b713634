"""Posting a playbook: checked whole, stored as a new version; what runs on an older version keeps it."""

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Max

from games.errors import Conflict, Invalid, Problem
from games.playbooks.models import Playbook
from games.playbooks.queries import SAMPLE_START, Preset, exact, library, preset
from games.playbooks.schema import DesignRefused, parse_design, read_toml
from leaderboards.engine.language import gettext as _

MOST_BYTES: Final = 500_000
SLUG: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


class PlaybookRefused(Conflict):
    """The key belongs to the library, or another version was posted at the same moment."""

    code = "playbook_refused"


def written(source: str | Mapping[str, Any]) -> dict[str, Any]:
    """The data of a playbook given as TOML text or as plain data. Raises Invalid for text that is no TOML, or that is too long."""
    if isinstance(source, str):
        if len(source) > MOST_BYTES:
            message = _(
                "A playbook has at most {most_bytes} characters; this one has {count}.", most_bytes=MOST_BYTES, count=len(source)
            )
            raise Invalid(message)
        try:
            source = read_toml(source)
        except ValueError as error:
            raise DesignRefused([Problem("", str(error))]) from None
    data: dict[str, Any] = exact(source)
    if len(orjson.dumps(data)) > MOST_BYTES:
        message = _("A playbook has at most {most_bytes} bytes as JSON.", most_bytes=MOST_BYTES)
        raise Invalid(message)
    return data


@transaction.atomic
def post_playbook(source: str | Mapping[str, Any], *, by: Any) -> Preset:
    """Store a playbook under the key of its [playbook] table as the next version; the same content again changes nothing.

    Raises DesignRefused with every fault, PlaybookRefused for a key of the library.
    """
    data = written(source)
    info = data.get("playbook")
    key = info.get("key") if isinstance(info, Mapping) else None
    problems = (
        [] if isinstance(key, str) and SLUG.fullmatch(key) else [Problem("playbook.key", _("expected a key like small-wins"))]
    )
    try:
        design = parse_design(data, start=SAMPLE_START, file="")
    except DesignRefused as refused:
        raise DesignRefused([*problems, *refused.problems]) from None
    if problems or not isinstance(key, str) or design.playbook is None:
        raise DesignRefused(problems)
    if key in library():
        message = _('"{key}" is a playbook of the library; post yours under another key.', key=key)
        raise PlaybookRefused(message, where="playbook.key")
    return _stored(key, data, design.playbook.name or key, design.playbook.summary, by=by)


def _stored(key: str, data: dict[str, Any], name: str, summary: str, *, by: Any) -> Preset:
    last = Playbook.objects.filter(key=key).order_by("-version").first()
    if last is not None and _content(last.data) == _content(data):
        return preset(key)
    version = (Playbook.objects.filter(key=key).aggregate(last=Max("version"))["last"] or 0) + 1
    data["playbook"] = {**data["playbook"], "version": version}
    try:
        with transaction.atomic():
            row = Playbook.objects.create(
                key=key, version=version, name=name, summary=summary, source="posted", data=data, created_by=by
            )
    except IntegrityError:
        message = _(
            'Somebody else posted version {version} of "{key}" at this moment; look at it first.', version=version, key=key
        )
        raise PlaybookRefused(message) from None
    return preset(key, row.version)


def _content(data: Mapping[str, Any]) -> bytes:
    """What makes two postings the same: everything but the version number."""
    info = {name: value for name, value in data["playbook"].items() if name != "version"}
    return orjson.dumps({**data, "playbook": info}, option=orjson.OPT_SORT_KEYS)
