"""Files: what is taken, what is refused, what is swept away."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from games.submissions import actions
from games.submissions.models import Submission, Upload
from games.submissions.queries import handed_in
from games.submissions.rules import EntryRefused, FileRefused, TooLate
from tests.factories.submissions import ESSAY, Scene, move, scene

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
def call() -> Scene:
    return scene()


@pytest.fixture
def draft(call: Scene) -> Submission:
    return actions.open_entry(challenge=call.challenge, group=call.group, by=None)


def send(draft: Submission, content: bytes = PDF, name: str = "paper.pdf", field: str = "paper") -> Upload:
    return actions.upload(submission=draft, field=field, file=ContentFile(content, name=name), by=None)


def test_a_file_is_stored_under_a_random_name_with_its_hash(draft: Submission) -> None:
    kept = send(draft, name="../../etc/Our paper.pdf")
    assert kept.name == "Our paper.pdf"
    assert kept.size == len(PDF)
    assert kept.digest == hashlib.sha256(PDF).hexdigest()
    assert kept.content_type == "application/pdf"
    assert "paper" not in (kept.file.name or "")
    assert len(Path(kept.file.name or "").name) == 32
    with kept.file.open() as stored:
        assert stored.read() == PDF


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (PDF, "paper.exe", 'ending in "exe" is not taken'),
        (b"MZ" + b"\0" * 200, "paper.pdf", 'the name says "pdf"'),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "notes.txt", "the content is png"),
        (b"a\0b", "notes.txt", 'the name says "txt"'),
        (b"\xff\xfe\xfa text", "notes.txt", 'the name says "txt"'),
        (b"", "notes.txt", "empty"),
        (b"x" * 2001, "notes.txt", "larger than the 2000 bytes"),
        (PDF, "paper", 'ending in "nothing"'),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_is_refused(draft: Submission, content: bytes, name: str, words: str) -> None:
    with pytest.raises(FileRefused, match=f"(?i){words}"):
        send(draft, content, name)
    assert not Upload.objects.exists()


def blind(**field: str) -> Submission:
    """An entry of a round that is judged blind; the question for its file with `field` more."""
    form = [{**one, **field} if one.get("type") == "file" else one for one in ESSAY["form"]]
    call = scene({**ESSAY, "form": form}, rounds=[{"key": "call", "blind": True}])
    return actions.open_entry(challenge=call.challenge, group=call.group, by=None)


def test_where_judging_is_blind_a_file_that_would_tell_its_author_is_refused() -> None:
    encrypted = PDF + b"<< /Encrypt 1 0 R >>"
    entry = blind()
    with pytest.raises(FileRefused, match=r"(?s)Judging is blind.*it is encrypted.*one of .*docx"):
        send(entry, encrypted)
    assert send(entry).size == len(PDF), "what the team keeps is what it sent"
    assert send(blind(blind="hidden"), encrypted).size == len(encrypted), "judges never see this answer"


def test_a_file_for_a_field_that_is_none_is_refused(draft: Submission) -> None:
    with pytest.raises(FileRefused, match='"title" is not a file'):
        send(draft, field="title")


def test_the_files_of_a_group_have_a_quota(draft: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.submissions.actions.uploads.GROUP_QUOTA", 2 * len(PDF))
    send(draft)
    send(draft)
    with pytest.raises(FileRefused, match="files of a team"):
        send(draft)


def test_no_file_is_taken_after_the_deadline(call: Scene, draft: Submission) -> None:
    move(call.round, closes=-1)
    with pytest.raises(TooLate):
        send(draft)


def test_a_version_holds_the_file_by_its_content(draft: Submission) -> None:
    first, second, other = send(draft), send(draft), send(draft, PDF + b"more")
    versions = [actions.submit(submission=draft, by=None, data={"title": "T", "paper": one.pk}) for one in (first, second, other)]
    assert versions[0].data["paper"] == first.pk
    assert versions[0].digest == versions[1].digest
    assert versions[0].digest != versions[2].digest


def test_a_file_of_another_entry_is_refused(call: Scene, draft: Submission) -> None:
    other = scene()
    foreign = send(actions.open_entry(challenge=other.challenge, group=other.group, by=None))
    with pytest.raises(Exception, match="id of a file uploaded for this field"):
        actions.submit(submission=draft, by=None, data={"title": "T", "paper": foreign.pk})


def test_a_file_in_a_version_stays(draft: Submission) -> None:
    used, unused = send(draft), send(draft)
    actions.submit(submission=draft, by=None, data={"title": "T", "paper": used.pk})
    assert handed_in(used)
    assert not handed_in(unused)
    with pytest.raises(EntryRefused, match="never rewritten"):
        actions.remove_upload(upload=used, by=None)
    actions.remove_upload(upload=unused, by=None)
    assert list(Upload.objects.all()) == [used]


def test_what_nothing_refers_to_is_swept_after_a_day(
    draft: Submission, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    actions.sweep_uploads(now=timezone.now() + timedelta(days=2))  # what other tests left in the storage
    used, drafted, unused = send(draft), send(draft), send(draft)
    actions.submit(submission=draft, by=None, data={"title": "T", "paper": used.pk})
    actions.save_draft(submission=draft, data={"paper": drafted.pk}, by=None, check_base=False)
    lost = default_storage.save("uploads/lost", ContentFile(b"left by a crash"))
    assert actions.sweep_uploads() == 0
    later = timezone.now() + timedelta(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.sweep_uploads(now=later) == 2
    assert set(Upload.objects.all()) == {used, drafted}
    assert not default_storage.exists(lost)
    assert actions.sweep_uploads(now=later) == 0
    assert unused.pk not in Upload.objects.values_list("pk", flat=True)
