"""Bundles over the API: who may bring in, who may take out what."""

import io
import zipfile

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from games.bundles.actions import export_files
from games.bundles.reading import read_source
from games.bundles.source import open_zip
from games.bundles.verify import verify
from games.bundles.writer import zipped
from games.cycles.actions import record_decision
from games.cycles.models import Cycle
from games.cycles.rules import DecisionKind
from games.submissions.models import Submission
from tests.cast import Actor, Cast
from tests.games.bundles.conftest import small
from tests.games.bundles.test_import import FIXTURES

BUNDLES = "/api/v1/bundles"


def zip_of(files: dict[str, str | bytes]) -> bytes:
    return zipped({name: content.encode() if isinstance(content, str) else content for name, content in files.items()})


def sent(who: Actor, content: bytes, **more: str):
    file = SimpleUploadedFile("bundle.zip", content, content_type="application/zip")
    return who.api.post(BUNDLES, {"file": file, **more}, format="multipart")


def export_of(cast: Cast, audience: str = "") -> str:
    return f"/api/v1/cycles/{cast.cycle.pk}/export" + (f"?for={audience}" if audience else "")


def may_launch(who: Actor) -> Actor:
    who.user.may_launch = True
    who.user.save()
    return who


def test_a_zip_becomes_a_cycle_that_you_organize(cast: Cast) -> None:
    answer = sent(may_launch(cast.org), zip_of(small()), key="sent")
    assert answer.status_code == 201, answer.content
    assert answer.json() == {
        "cycles": [{"id": Cycle.objects.get(key="sent").pk, "key": "sent", "name": "sent", "state": "enrolling"}],
        "warnings": answer.json()["warnings"],
    }
    assert Cycle.objects.get(key="sent").pk in cast.org.access.cycles_with("organize")  # type: ignore[arg-type]


def test_every_fault_is_named_and_nothing_is_written(cast: Cast) -> None:
    files = {path.name: path.read_bytes() for path in (FIXTURES / "chopin-faulty").iterdir()}
    answer = sent(may_launch(cast.org), zip_of(dict(files)))
    assert (answer.status_code, answer.json()["code"]) == (422, "bundle_refused")
    assert answer.json()["errors"] == [
        {"where": "scores_stage1.csv row 64", "code": "invalid", "message": '19 cells where the header has 20; last cell "19.19"'}
    ]
    assert set(Cycle.objects.values_list("key", flat=True)) == {"water"}


def test_what_is_no_zip_or_leaves_the_bundle_is_refused(cast: Cast) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../cycle.toml", "format = 1")
    org = may_launch(cast.org)
    for content in (b"no zip", buffer.getvalue(), zip_of({"notes.txt": "x"})):
        answer = sent(org, content)
        assert (answer.status_code, answer.json()["code"]) == (422, "bundle_refused")


def test_a_key_that_is_taken_is_a_conflict(cast: Cast) -> None:
    answer = sent(may_launch(cast.org), zip_of(small()), key="water")
    assert (answer.status_code, answer.json()["code"]) == (409, "cycle_key_taken")


@pytest.mark.outsider("bundle-import-list")
@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("ada", 403), ("org", 403), ("visitor", 401)])
def test_only_who_may_launch_brings_in(cast: Cast, who: str, status: int) -> None:
    assert sent(getattr(cast, who), zip_of(small())).status_code == status
    assert not Cycle.objects.filter(key="small").exists()


@pytest.mark.outsider("bundle-export")
@pytest.mark.parametrize("audience", ["judges", "organizers"])
@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("ada", 403), ("judith", 403), ("visitor", 403), ("org", 200)])
def test_only_organizers_export_for_judges_and_organizers(cast: Cast, who: str, status: int, audience: str) -> None:
    assert getattr(cast, who).api.get(export_of(cast, audience)).status_code == status


def test_a_hidden_cycle_is_absent(cast: Cast) -> None:
    Cycle.objects.update(public=False)
    for audience in ("", "public", "organizers"):
        assert cast.eve.api.get(export_of(cast, audience)).status_code == 404
        assert cast.org.api.get(export_of(cast, audience)).status_code == 200


def test_everybody_gets_what_is_public_and_no_sealed_work(cast: Cast) -> None:
    Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted")
    answer = cast.visitor.api.get(export_of(cast))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="water-public.zip"'
    names = set(zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
    assert names == {"cycle.toml", "groups.csv", "rounds.csv"}
    assert b"ada@example.org" not in cast.visitor.api.get(export_of(cast)).content
    assert verify(read_source(open_zip(io.BytesIO(answer.content))).bundles[0]).differences == ()


def test_the_public_zip_is_written_once_for_a_state_and_has_no_files(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bool] = []

    def counted(cycle: Cycle, *, audience: str, files: bool) -> dict[str, bytes]:
        written.append(files)
        return export_files(cycle, audience=audience, files=files)

    monkeypatch.setattr("games.bundles.actions.ready.export_files", counted)
    first = cast.visitor.api.get(export_of(cast))
    assert cast.eve.api.get(export_of(cast)).content == first.content
    assert written == [False]
    assert cast.eve.api.get(f"{export_of(cast)}?files=yes").status_code == 403
    record_decision(cast.cycle, DecisionKind.GATE, by=None, reason="It may go on.", round="final")
    busy = cast.visitor.api.get(export_of(cast))
    assert (busy.status_code, busy.json()["code"]) == (429, "export_busy")
    cache.delete(f"bundle:{cast.cycle.pk}:writing")
    assert cast.visitor.api.get(export_of(cast)).status_code == 200
    assert written == [False, False]


def test_an_unknown_audience_is_refused(cast: Cast) -> None:
    answer = cast.org.api.get(export_of(cast, "friends"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
