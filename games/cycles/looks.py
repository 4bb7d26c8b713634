"""How a cycle looks beside its rules: its logo, and whether other sites may show its boards."""

import secrets
from functools import partial
from typing import IO, Any, Final

import filetype
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.errors import Invalid
from games.journal.actions import record
from games.journal.rules import Kind
from leaderboards.engine.language import gettext as _

FOLDER: Final = "logos"
MOST: Final = 512 * 1024  # bytes
TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


class LogoRefused(Invalid):
    """The picture is too large, or not one of the kinds that are taken."""

    code = "logo_refused"


def content_type_of(name: str) -> str:
    """The content type of a stored logo, by the ending that was given to it when it was checked."""
    return TYPES.get(name.rpartition(".")[2], "application/octet-stream")


@transaction.atomic
def set_logo(cycle: Cycle, file: IO[bytes], *, by: Any) -> Cycle:
    """Take a picture as the logo: PNG, JPEG or WebP by its first bytes, whatever it is called; at most half a megabyte."""
    content = file.read(MOST + 1)
    if len(content) > MOST:
        message = _("The picture has more than {most} KB: make it smaller.", most=MOST // 1024)
        raise LogoRefused(message, where="logo")
    ending = str(filetype.guess_extension(content) or "") if content else ""
    if ending not in TYPES:
        message = _("Expected a picture in PNG, JPEG or WebP.")
        raise LogoRefused(message, where="logo")
    stored = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.{ending}", ContentFile(content))
    try:
        with transaction.atomic():
            return _keep(cycle, stored, by=by)
    except BaseException:
        default_storage.delete(stored)
        raise


@transaction.atomic
def remove_logo(cycle: Cycle, *, by: Any) -> Cycle:
    """Take the logo away. Harmless when repeated."""
    return _keep(cycle, "", by=by) if cycle.logo else cycle


def _keep(cycle: Cycle, stored: str, *, by: Any) -> Cycle:
    held = locked(cycle)
    before = held.logo.name or ""
    held.logo = stored
    held.save(update_fields=["logo"])
    if before:
        transaction.on_commit(partial(default_storage.delete, before), robust=True)
    _journal(held, "logo", on=bool(stored), by=by)
    cycle.logo = held.logo
    return held


@transaction.atomic
def set_embeddable(cycle: Cycle, *, on: bool, by: Any) -> Cycle:
    """Let other sites show the public boards of the cycle in a frame, or no longer."""
    held = locked(cycle)
    if held.embeddable != on:
        held.embeddable = on
        held.save(update_fields=["embeddable"])
        _journal(held, "embeddable", on=on, by=by)
    cycle.embeddable = on
    return held


def _journal(cycle: Cycle, what: str, *, on: bool, by: Any) -> None:
    record(Kind.CYCLE_CHANGED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload={"what": what, "on": on})
