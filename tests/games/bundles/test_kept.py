"""Files of entries, points and the journal: they go out to whom they may, come in again, and prove what boards of points show."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from games.bundles.actions import export_cycle, export_files, import_bundle, import_path
from games.bundles.actions.exporting import bundle_for
from games.bundles.audience import Audience
from games.bundles.queries import kept
from games.bundles.reading import read_bundle, read_source
from games.bundles.rules import BundleRefused, FilesTooLarge
from games.bundles.source import open_zip
from games.bundles.verify import verify
from games.bundles.writer import zipped
from games.cycles.models import Cycle
from games.journal.actions import seal_pending
from games.recognition.actions import read_journal
from games.recognition.models import Points, PointsTotal
from games.recognition.queries import totals_of
from games.rounds.models import Round
from games.submissions.actions import submit, upload
from games.submissions.models import Upload, Version
from leaderboards.engine.spec import expand_boards
from leaderboards.models import Board, Snapshot
from tests.factories.cycles import CycleFactory
from tests.factories.submissions import ESSAY, Scene, move, scene
from tests.games.bundles.conftest import Build
from tests.games.bundles.test_export import states
from worker.steps import settle_now

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 our plan for the river\n%%EOF\n"
POINTS = {
    "rules": [{"key": "enter", "event": "submission.received", "points": 5}],
    "boards": [{"key": "result"}, {"key": "busy", "source": "points"}],
}


def handed_in(call: Scene, number: int, content: bytes = PDF, name: str = "Team one plan.pdf") -> Version:
    """An entry with a file, by the real actions."""
    from games.submissions.actions import open_entry

    made = open_entry(challenge=call.challenge, group=call.groups[number], by=None)
    kept_file = upload(submission=made, field="paper", file=ContentFile(content, name=name), by=None)
    return submit(submission=made, by=None, data={"title": f"On rivers {number}", "paper": kept_file.pk})


def played(visibility: str = "full", **changes: Any) -> Scene:
    """Two teams handed in a file each; points were given; the round is published."""
    call = scene(ESSAY, groups=2, rounds=[{"key": "call", "visibility": visibility, **changes}], **POINTS)
    for number, spec in enumerate(expand_boards(call.design), 1):
        written = spec.model_dump(mode="json", exclude_defaults=True)
        Board.objects.create(scope=call.cycle.pk, key=spec.id, number=number, name=spec.id, spec=written)
    handed_in(call, 0)
    handed_in(call, 1, PDF + b"2", "Team two plan.pdf")
    return call


def published(call: Scene) -> Cycle:
    seal_pending()
    read_journal(call.cycle)
    move(call.round, closes=-1)
    settle_now(Round.objects.get(pk=call.round.pk), by=None)
    seal_pending()
    return Cycle.objects.get(pk=call.cycle.pk)


def contents(files: dict[str, bytes]) -> set[bytes]:
    return {content for name, content in files.items() if name.startswith("files/")}


# --- Files ----------------------------------------------------------------------------------------------------------------------------


def test_files_go_out_under_their_digest_and_come_in_again() -> None:
    cycle = published(played())
    out = export_files(cycle)
    digest = hashlib.sha256(PDF).hexdigest()
    assert out[f"files/{digest}"] == PDF
    copy = import_bundle(read_source(open_zip(io.BytesIO(zipped(out)))).bundles[0], key="again")
    uploads = Upload.objects.filter(submission__challenge__round__cycle=copy).order_by("submission__group__key")
    assert [one.name for one in uploads] == ["Team one plan.pdf", "Team two plan.pdf"]
    assert uploads[0].file.open("rb").read() == PDF
    before, after = (
        list(Version.objects.filter(submission__challenge__round__cycle=one).order_by("submission__group__key"))
        for one in (cycle, copy)
    )
    assert [one.digest for one in after] == [one.digest for one in before]
    assert [one.data["paper"] for one in after] == [one.pk for one in uploads]
    again = export_files(copy)
    assert again.keys() | {"journal.csv"} == out.keys()  # its own is not sealed yet
    own = {"cycle.toml", "rounds.csv", "journal.csv", "snapshots.json"}  # the key, and what publishing here wrote
    assert {name: again[name] for name in out.keys() - own} == {name: out[name] for name in out.keys() - own}


def test_everybody_gets_the_files_of_published_whole_rounds_only() -> None:
    call = played("full")
    assert contents(export_files(call.cycle, audience="public")) == set()
    assert len(contents(export_files(published(call), audience="public"))) == 2


@pytest.mark.parametrize("visibility", ["sealed", "scores", "summaries"])
def test_a_round_that_shows_less_than_whole_entries_gives_no_files_to_everybody(visibility: str) -> None:
    cycle = published(played(visibility))
    out = export_files(cycle, audience="public")
    assert contents(out) == set()
    assert "files.csv" not in out
    assert len(contents(export_files(cycle, audience="organizers"))) == 2


def test_what_was_withdrawn_goes_to_nobody_outside() -> None:
    call = played()
    Upload.objects.get(name="Team one plan.pdf").submission.__class__.objects.filter(group=call.groups[0]).update(
        state="disqualified"
    )
    out = export_files(published(call), audience="public")
    assert contents(out) == {PDF + b"2"}
    assert b"On rivers 0" not in out["submissions.csv"]


def test_in_a_blind_round_judges_get_files_called_after_their_field() -> None:
    out = export_files(played(blind=True).cycle, audience="judges")
    assert len(contents(out)) == 2
    assert b"Team" not in out["files.csv"]
    assert b"paper.pdf" in out["files.csv"]
    assert "points.csv" not in out


def test_who_keeps_their_name_to_themselves_is_not_told_by_a_file() -> None:
    call = played()
    type(call.group).objects.filter(pk=call.group.pk).update(rank_hidden=True, unnamed="team-x7")
    out = export_files(published(call), audience="public")
    assert b"Team one" not in out["files.csv"]
    assert b"team-1" not in b"".join(out[name] for name in ("files.csv", "points.csv", "journal.csv"))


def test_without_files_a_bundle_names_their_digests_only(tmp_path: Path) -> None:
    cycle = published(played())
    export_cycle(cycle, tmp_path / "out", files=False)
    assert not (tmp_path / "out" / "files").exists()
    assert hashlib.sha256(PDF).hexdigest() in (tmp_path / "out" / "submissions.csv").read_text()
    copy = import_path(tmp_path / "out", key="again")[0]
    assert not Upload.objects.filter(submission__challenge__round__cycle=copy).exists()


def test_files_that_no_bundle_could_hold_are_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    cycle = played().cycle
    monkeypatch.setattr(kept, "MAX_TOTAL", kept.MAX_FILE + 10)
    with pytest.raises(FilesTooLarge, match="export it without files"):
        export_files(cycle)
    assert export_files(cycle, files=False)


def test_a_file_that_is_no_longer_stored_is_left_out() -> None:
    cycle = played().cycle
    one = Upload.objects.get(name="Team one plan.pdf")
    one.file.storage.delete(one.file.name)
    assert contents(export_files(cycle)) == {PDF + b"2"}


FORGED = [
    ("changed", b"%PDF-1.4 forged\n", "has another SHA-256"),
    ("gone", None, "there is no files/"),
]


@pytest.mark.parametrize(("name", "content", "said"), FORGED, ids=[one[0] for one in FORGED])
def test_a_forged_or_missing_file_is_refused(name: str, content: bytes | None, said: str) -> None:
    out = export_files(played().cycle)
    place = f"files/{hashlib.sha256(PDF).hexdigest()}"
    out.pop(place)
    if content is not None:
        out[place] = content
    with pytest.raises(BundleRefused, match=said):
        read_source(open_zip(io.BytesIO(zipped(out))))
    assert Cycle.objects.count() == 1


def test_a_file_that_no_row_names_is_refused() -> None:
    out = export_files(played().cycle) | {"files/stray": b"x"}
    with pytest.raises(BundleRefused, match="files/stray is named by no row"):
        read_source(open_zip(io.BytesIO(zipped(out))))


def test_a_file_of_a_type_that_the_form_does_not_take_is_refused() -> None:
    out = export_files(played().cycle)
    page = b"<html><script>alert(1)</script></html>"
    digest, old = hashlib.sha256(page).hexdigest(), hashlib.sha256(PDF).hexdigest()
    out = {name: content.replace(old.encode(), digest.encode()) for name, content in out.items() if name != f"files/{old}"}
    out["files.csv"] = out["files.csv"].replace(b"Team one plan.pdf", b"page.html")
    with pytest.raises(BundleRefused, match='ending in "html" is not taken here'):
        read_source(open_zip(io.BytesIO(zipped(out | {f"files/{digest}": page}))))


def test_a_bomb_among_the_files_is_refused() -> None:
    out = export_files(played().cycle)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in out.items():
            archive.writestr(name, content)
        archive.writestr(f"files/{'0' * 64}", b"\0" * 30_000_000)
    with pytest.raises(BundleRefused, match="times its size"):
        open_zip(io.BytesIO(buffer.getvalue()))


def test_a_file_that_shrinks_well_is_no_bomb_when_it_comes_back() -> None:
    call = scene(
        {**ESSAY, "form": [{"key": "title"}, {"key": "paper", "type": "file", "types": ["txt"], "max_bytes": 5_000_000}]}
    )
    handed_in(call, 0, b"a" * 4_000_000, "long.txt")
    read = read_source(open_zip(io.BytesIO(zipped(export_files(call.cycle)))))
    assert len(read.bundles[0].files) == 1


def test_a_failed_import_leaves_no_row_of_a_file(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = bundle_for(played().cycle, Audience.ORGANIZERS)
    count = Upload.objects.count()
    CycleFactory(key="taken")
    with pytest.raises(Exception, match="taken"):
        import_bundle(bundle, key="taken")
    assert Upload.objects.count() == count


# --- Points ---------------------------------------------------------------------------------------------------------------------------


def test_a_board_of_points_is_verified_and_comes_in_with_equal_standings_and_digests(tmp_path: Path) -> None:
    cycle = published(played())
    assert sorted(totals_of(cycle).values_list("group__key", "amount")) == [("team-1", 5), ("team-2", 5)]
    export_cycle(cycle, tmp_path / "out.zip")
    bundle = read_bundle(tmp_path / "out.zip")
    found = verify(bundle)
    assert (found.differences, found.left_out) == ((), ())
    assert found.compared["snapshot row"] == 4
    copy = import_bundle(bundle, key="again")
    assert states(copy)[1] == states(cycle)[1]
    assert [row for row in states(copy)[0] if row[1] == "public"] == [row for row in states(cycle)[0] if row[1] == "public"]
    assert sorted(totals_of(copy).values_list("group__key", "amount")) == [("team-1", 5), ("team-2", 5)]
    assert export_files(copy)["points.csv"] == export_files(cycle)["points.csv"]


def test_everybody_can_verify_a_board_of_points(tmp_path: Path) -> None:
    export_cycle(published(played()), tmp_path / "out", audience="public")
    bundle = read_bundle(tmp_path / "out")
    assert {row.person for row in bundle.tables.points.rows} == {""}
    assert verify(bundle).differences == ()


def test_forged_points_are_found() -> None:
    bundle = bundle_for(published(played()), Audience.PUBLIC)
    bundle.tables.points.rows[0] = bundle.tables.points.rows[0]._replace(amount=50)
    assert any('board "busy"' in str(one) for one in verify(bundle).differences)


def test_points_given_after_a_board_was_published_do_not_count_against_it() -> None:
    cycle = published(played())
    first = Points.objects.filter(cycle=cycle).first()
    assert first is not None
    last = Snapshot.objects.order_by("-published_at").first()
    assert last is not None
    later = replace_at(first, last)
    assert verify(bundle_for(cycle, Audience.ORGANIZERS)).differences == ()
    assert later.amount == 100


def replace_at(first: Points, last: Snapshot) -> Points:
    """A hundred points more, a moment after the publication."""
    from datetime import timedelta

    at = last.published_at + timedelta(seconds=1)
    return Points.objects.create(
        cycle=first.cycle, seal=10**6, rule="enter", design_number=1, group=first.group, amount=100, at=at
    )


def test_a_bundle_without_points_says_that_it_cannot_prove_their_board() -> None:
    bundle = bundle_for(published(played()), Audience.ORGANIZERS)
    bundle.tables.points.rows.clear()
    assert verify(bundle).left_out == (
        'board "busy" ranks points, and this bundle has no points.csv: only its digests were checked',
    )


def test_reversals_survive(tmp_path: Path) -> None:
    call = played()
    seal_pending()
    read_journal(call.cycle)
    from games.submissions.actions import withdraw

    withdraw(submission=Version.objects.order_by("pk").first().submission, by=None)  # type: ignore[union-attr]
    seal_pending()
    read_journal(call.cycle)
    export_cycle(call.cycle, tmp_path / "out")
    copy = import_path(tmp_path / "out", key="again")[0]
    assert list(totals_of(copy).values_list("group__key", "amount")) == list(
        totals_of(call.cycle).values_list("group__key", "amount")
    )
    assert Points.objects.filter(cycle=copy, reverses__isnull=False).count() == 1
    assert PointsTotal.objects.filter(cycle=copy).count() == 2


POINT_ROWS = "number,rule,group,amount,at,reverses\n1,enter,a,5,2027-01-01T09:00:00Z,\n"
BROKEN = {
    "2,enter,nobody,5,2027-01-01T09:00:00Z,": '"nobody" is not in groups.csv',
    "1,enter,a,5,2027-01-01T09:00:00Z,": "twice",
    "2,enter,a,-4,2027-01-01T09:00:00Z,1": "earned no 4",
    "2,enter,a,-5,2027-01-01T09:00:00Z,3": "earned no 5",
    "2,enter,a,x,2027-01-01T09:00:00Z,": "expected a whole number",
    "2,enter,a,5,,": "a time with its offset",
    "0,enter,a,5,2027-01-01T09:00:00Z,": "a whole number from 1 on",
}


@pytest.mark.parametrize("row", BROKEN)
def test_points_that_cannot_be_are_refused_with_their_row(build: Build, row: str) -> None:
    with pytest.raises(BundleRefused, match=r"points\.csv row 3") as refused:
        read_bundle(build({"points.csv": POINT_ROWS + row + "\n"}))
    assert any(BROKEN[row] in str(one) for one in refused.value.problems)


# --- The journal ----------------------------------------------------------------------------------------------------------------------


def test_the_journal_goes_out_whole_to_organizers_and_as_the_feed_tells_it_to_others() -> None:
    cycle = published(played())
    whole, public = (
        {row.kind for row in bundle_for(cycle, audience).tables.journal.rows}
        for audience in (Audience.ORGANIZERS, Audience.PUBLIC)
    )
    assert "submission.received" in whole - public
    assert {"round.published", "snapshot.published"} <= public


def test_a_state_that_is_not_what_the_journal_announced_is_found() -> None:
    bundle = bundle_for(published(played()), Audience.PUBLIC)
    assert verify(bundle).compared["digest in the journal"] == 2
    place, row = next((n, row) for n, row in enumerate(bundle.tables.journal.rows) if row.kind == "snapshot.published")
    said = json.dumps({**json.loads(row.payload), "digest": "0" * 64})
    bundle.tables.journal.rows[place] = row._replace(payload=said)
    assert any("was published as 000000000000" in str(one) for one in verify(bundle).differences)


JOURNAL_ROWS = "number,at,kind,group,payload\n1,2027-01-01T09:00:00Z,round.opened,,{}\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,2027-01-01T09:00:00Z,round.opened,,{}", "1 is there twice"),
        ("2,2027-01-01T09:00:00Z,round.eaten,,{}", "expected cycle."),
        ("2,2027-01-01T09:00:00Z,round.opened,nobody,{}", '"nobody" is not in groups.csv'),
        ("2,2027-01-01T09:00:00Z,round.opened,,[1]", "expected a JSON object"),
    ],
)
def test_a_journal_that_cannot_be_is_refused_with_its_row(build: Build, row: str, said: str) -> None:
    with pytest.raises(BundleRefused, match=r"journal\.csv row 3") as refused:
        read_bundle(build({"journal.csv": JOURNAL_ROWS + row + "\n"}))
    assert any(said in str(one) for one in refused.value.problems)


# --- Nothing to compare ---------------------------------------------------------------------------------------------------------------


def test_where_nothing_official_is_there_it_is_said_in_words() -> None:
    bundle = read_bundle(Path(__file__).parents[3] / "examples" / "icpc-wf47")
    found = verify(bundle)
    assert str(found).startswith("nothing official to compare with; computed without fault (")
    assert any("is the result of somebody else" in one for one in found.left_out)
    assert str(replace(found, compared=found.compared + type(found.compared)({"value": 2}))).startswith("2 of 2 equal")
