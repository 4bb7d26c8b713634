"""Files that answer questions of a registration: examined before anything is written, kept with the registration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from secrets import token_hex
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from games.errors import Problem
from games.groups.models import Registration, RegistrationFile
from games.playbooks.files import Examined, FileRefused, examine, extension_of
from games.playbooks.forms import Attached
from games.playbooks.schema import FieldType
from games.playbooks.schema import Registration as Rules
from leaderboards.engine.language import gettext as _

type Stream = File[bytes]  # only the stubs know that File is generic; this is read lazily

FOLDER: Final = "registrations"


@dataclass(slots=True)
class Papers:
    """Files sent with a registration. Until they are kept they stand in the answers under numbers below zero, which no row has."""

    files: dict[str, Stream] = field(default_factory=dict)
    found: dict[str, Examined] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    attached: dict[int, Attached] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def examined(rules: Rules, files: Mapping[str, Stream], *, before: Registration | None = None) -> Papers:
    """Each file checked against its question; faults are gathered. Files kept `before` may still be referred to."""
    papers = Papers()
    if before is not None:
        kept = RegistrationFile.objects.filter(registration=before)
        papers.attached |= {one.pk: Attached(one.field, extension_of(one.name), one.size) for one in kept}
    asked = {one.key: one for one in rules.form if one.type is FieldType.FILE}
    for number, (key, file) in enumerate(sorted(files.items()), start=1):
        if key not in asked:
            papers.problems.append(Problem(f"answers.{key}", _("This is not a file of the form."), "unknown"))
            continue
        file.seek(0)
        try:
            found = examine(file.name or "", file.chunks(), asked[key], most=settings.UPLOAD_MAX_BYTES)
        except FileRefused as refusal:
            papers.problems.append(Problem(f"answers.{key}", f"{asked[key].title}: {refusal.message}", refusal.code))
            continue
        papers.files[key], papers.found[key], papers.answers[key] = file, found, -number
        papers.attached[-number] = Attached(key, found.ending, found.size)
    return papers


def keep(registration: Registration, papers: Papers) -> None:
    """Store the files, and let the answers name their rows. A file that no answer names any more goes."""
    answers: dict[str, Any] = dict(registration.answers)
    for key in [one for one in papers.answers if answers.get(one) == papers.answers[one]]:
        answers[key] = _stored(registration, key, papers).pk
    if answers != registration.answers:
        registration.answers = answers
        registration.save(update_fields=["answers"])
    for one in RegistrationFile.objects.filter(registration=registration):
        if answers.get(one.field) != one.pk:
            transaction.on_commit(partial(default_storage.delete, one.file.name or ""), robust=True)
            one.delete()


def _stored(registration: Registration, key: str, papers: Papers) -> RegistrationFile:
    file, found = papers.files[key], papers.found[key]
    file.seek(0)
    stored = default_storage.save(f"{FOLDER}/{token_hex(16)}", file)
    try:
        return RegistrationFile.objects.create(
            registration=registration,
            field=key,
            name=found.name,
            file=stored,
            size=found.size,
            content_type=found.content_type,
            digest=found.digest,
        )
    except BaseException:
        default_storage.delete(stored)
        raise
