"""A file that shows that something was handed over: examined before anything is written, stored under a random name."""

from functools import partial
from secrets import token_hex
from typing import Final

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from games.playbooks.files import examine
from games.recognition.models import Grant
from games.recognition.rules.grants import PROOF

type Stream = File[bytes]  # only the stubs know that File is generic; this is read lazily

FOLDER: Final = "proofs"


def keep_proof(grant: Grant, file: Stream) -> str:
    """Store the file and let the grant name it; returns its name. If nothing comes of it, it goes again. Raises FileRefused."""
    file.seek(0)
    found = examine(file.name or "", file.chunks(), PROOF, most=settings.UPLOAD_MAX_BYTES)
    file.seek(0)
    stored = default_storage.save(f"{FOLDER}/{token_hex(16)}", file)
    try:
        Grant.objects.filter(pk=grant.pk).update(proof_file=stored, proof_name=found.name)
    except BaseException:
        default_storage.delete(stored)
        raise
    before = grant.proof_file.name if grant.proof_file else ""
    if before:
        transaction.on_commit(partial(default_storage.delete, before), robust=True)
    return found.name
