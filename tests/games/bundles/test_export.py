"""Out and in again gives the same results and the same proofs; everybody gets what they may have and no more."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now

from games.bundles.actions import export_cycle, export_files, export_series, import_bundle, import_path
from games.bundles.actions.exporting import bundle_for
from games.bundles.audience import Audience
from games.bundles.reading import read_bundle, read_path
from games.bundles.rules import BundleRefused
from games.bundles.verify import verify
from games.cycles.models import Cycle, Series
from games.errors import Conflict
from games.groups.models import Membership
from games.judging.models import Sheet
from games.rounds.models import Round
from games.submissions.models import Attempt, Submission, Version
from leaderboards.models import Snapshot, Standing
from tests.factories.results import judge_final, water
from tests.games.bundles.conftest import Build
from tests.games.bundles.test_import import PEOPLE
from worker.steps import settle_now

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
EXAMPLES = Path(__file__).parents[3] / "examples"


def states(cycle: Cycle) -> tuple[list[Any], list[Any]]:
    """Every standing and every snapshot, without ids."""
    columns = (
        "board__key",
        "audience",
        "entry",
        "line",
        "bracket",
        "rank",
        "place",
        "score",
        "keys",
        "values",
        "status",
        "pending",
    )
    standings = Standing.objects.filter(board__scope=cycle.pk).order_by("board__number", "audience", "bracket", "rank")
    snapshots = Snapshot.objects.filter(board__scope=cycle.pk).order_by("board__number", "number")
    return list(standings.values_list(*columns)), list(snapshots.values_list("board__key", "digest", "rows"))


@pytest.mark.parametrize(
    "name", ["chopin-2025", "skating-worlds-2017", "icpc-wf47", "strictly/cycles/strictly-07", "nanogpt-speedrun"]
)
def test_out_and_in_again_is_the_same(name: str, tmp_path: Path) -> None:
    [cycle] = import_path(EXAMPLES / name)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key=f"{cycle.key}-again")
    assert states(copy) == states(cycle)
    assert copy.state == cycle.state
    assert export_files(copy).keys() == export_files(cycle).keys()
    found = verify(read_bundle(tmp_path / "out.zip"))
    assert found.differences == ()
    assert found.compared["snapshot digest"] == Snapshot.objects.filter(board__scope=cycle.pk).count()


def test_what_is_not_for_everybody_yet_is_not_compared_in_what_everybody_gets() -> None:
    """Its official results are there, the tries behind them are not: that is no difference."""
    [cycle] = import_path(EXAMPLES / "nanogpt-speedrun")
    Round.objects.filter(cycle=cycle).update(published_at=None)
    found = verify(bundle_for(cycle, Audience.PUBLIC, files=False))
    assert found.differences == ()
    assert any("its work is not in this bundle" in one for one in found.left_out)
    whole = verify(bundle_for(cycle, Audience.ORGANIZERS, files=False))
    assert (whole.differences, whole.left_out) == ((), ())
    assert sum(whole.compared.values()) > sum(found.compared.values())


def test_a_cycle_played_here_goes_out_and_proves_itself(tmp_path: Path) -> None:
    played = water()
    settle_now(played.rounds["call"], by=None)
    judge_final(played)
    settle_now(played.rounds["final"], by=None)
    export_cycle(played.cycle, tmp_path / "out")
    bundle = read_bundle(tmp_path / "out")
    found = verify(bundle)
    assert (found.differences, found.left_out) == ((), ())
    assert found.compared["snapshot digest"] == 4
    copy = import_bundle(bundle, key="again")
    assert [row for row in states(copy)[0] if row[1] == "public"] == [
        row for row in states(played.cycle)[0] if row[1] == "public"
    ]


def test_a_forged_state_is_found(tmp_path: Path) -> None:
    [cycle] = import_path(EXAMPLES / "chopin-2025")
    export_cycle(cycle, tmp_path)
    path = tmp_path / "snapshots.json"
    states_ = json.loads(path.read_text(encoding="utf-8"))
    states_[0]["rows"][0]["place"] = "2"
    path.write_text(json.dumps(states_), encoding="utf-8")
    said = [str(one) for one in verify(read_bundle(tmp_path)).differences]
    assert len(said) == 3
    assert "snapshot 1: published digest" in said[0]
    assert "that was signed" in said[1]
    assert said[2].endswith("published place 2, computed 1")


def test_a_broken_file_of_states_is_refused_with_its_place(tmp_path: Path) -> None:
    [cycle] = import_path(EXAMPLES / "chopin-2025")
    export_cycle(cycle, tmp_path)
    (tmp_path / "snapshots.json").write_text('[{"board": 1, "number": 0}]', encoding="utf-8")
    with pytest.raises(BundleRefused, match=r"snapshots.json: 0"):
        read_bundle(tmp_path)


def test_a_series_goes_out_whole(tmp_path: Path) -> None:
    import_path(EXAMPLES / "strictly")
    export_series(Series.objects.get(), tmp_path / "all.zip")
    read = read_path(tmp_path / "all.zip")
    assert read.series is not None
    assert (read.series.name, len(read.bundles)) == ("Strictly Come Dancing", 15)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    [cycle] = import_path(EXAMPLES / "nanogpt-speedrun")
    export_cycle(cycle, tmp_path / "x")
    with pytest.raises(Conflict, match="is there already"):
        export_cycle(cycle, tmp_path / "x")


# --- Who gets what ----------------------------------------------------------------------------------------------------------------------

RULES = """
format = 1
cycle = { key = "mixed", name = "Mixed" }
rounds = [{ key = "past", visibility = "full" }, { key = "hidden", visibility = "scores" }, { key = "now", blind = true }]
boards = [{ key = "b", ranked = "any" }]
[[challenges]]
key = "essay"
criteria = [{ key = "m", min = 0, max = 10, step = 1 }]
form = [{ key = "title", name = "Title" }]
[[challenges]]
key = "flag"
rounds = ["past", "now"]
format = "automatic"
answer = { kind = "flag", values = ["open sesame"] }
"""
ROUNDS = (
    "round,opened,closed,published,visibility\n"
    "past,2026-01-01T09:00:00Z,2026-01-02T09:00:00Z,2026-01-03T09:00:00Z,full\n"
    "hidden,2026-02-01T09:00:00Z,2026-02-02T09:00:00Z,2026-02-03T09:00:00Z,scores\n"
    "now,2026-03-01T09:00:00Z,,,sealed\n"
)
WORK = "".join(
    f"{of_round},essay,{group},{title}\n"
    for of_round, title in (("past", "Shown"), ("hidden", "Kept"), ("now", "Sealed"))
    for group in ("a", "b")
)
JUDGED = "".join(
    f"{of_round},essay,a,j,m,5,secret-{of_round}\n{of_round},essay,b,k,m,6,\n" for of_round in ("past", "hidden", "now")
)


@pytest.fixture
def mixed(build: Build) -> Cycle:
    """A published open round, a published one that shows scores only, and one that is open and blind."""
    cycle = import_bundle(
        read_bundle(
            build(
                {
                    "cycle.toml": RULES,
                    "groups.csv": "group,name,town\na,Aqua,Rome\nb,Brook,Oslo\n",
                    "rounds.csv": ROUNDS,
                    "people.csv": PEOPLE,
                    "submissions.csv": "round,challenge,group,title\n" + WORK,
                    "marks.csv": "round,challenge,group,judge,criterion,value,comment\n" + JUDGED,
                    "attempts.csv": "round,challenge,group,at,verdict,answer\npast,flag,a,60,AC,open sesame\n",
                    "conflicts.csv": "judge,group,reason\nk,a,cousin\n",
                }
            )
        )
    )
    Sheet.objects.update(note="private note")
    entry = Submission.objects.filter(group__key="b", challenge__round__key="now").get()
    entry.draft = {"title": "unfinished words"}
    entry.save()
    return cycle


def text_of(cycle: Cycle, audience: str) -> str:
    return "\n".join(content.decode() for content in export_files(cycle, audience=audience).values())


def test_organizers_get_everything_but_drafts_and_private_notes(mixed: Cycle) -> None:
    text = text_of(mixed, "organizers")
    for there in ("jo@example.org", "Kim", "Sealed", "secret-now", "open sesame", "cousin", "Rome"):
        assert there in text
    for never in ("private note", "unfinished words"):
        assert never not in text


def test_everybody_gets_published_whole_rounds_without_people(mixed: Cycle) -> None:
    text = text_of(mixed, "public")
    for there in ("Shown", "secret-past", "Aqua", "judge-1", "judge-2"):
        assert there in text
    never = ("jo@example.org", "cap@example.org", "Kim", "Kept", "Sealed", "secret-hidden", "secret-now", "open sesame", "cousin")
    for one in (*never, "private note", "unfinished words", "Cap", "Mem"):
        assert one not in text, one


def test_judges_get_the_entries_of_a_blind_round_under_numbers_and_nothing_beside_them_that_names_their_group(
    mixed: Cycle,
) -> None:
    """What was published is known by name: under the same number it would tell who is who."""
    text = text_of(mixed, "judges")
    for there in ("Sealed", "entry-"):
        assert there in text
    never = ("Aqua", "Brook", "Rome", "secret-now", "jo@example.org", "Kim", "open sesame", "cousin", "private note")
    for one in (*never, "Shown", "Kept", "secret-hidden", "secret-past"):
        assert one not in text, one


def test_once_nothing_is_blind_any_more_judges_get_names_and_the_marks_of_published_rounds(mixed: Cycle) -> None:
    Round.objects.filter(key="now").update(published_at=now())
    text = text_of(mixed, "judges")
    for there in ("Shown", "Kept", "Sealed", "Aqua", "secret-now", "secret-hidden"):
        assert there in text


def test_what_a_form_hides_from_blind_judges_is_in_their_bundle_no_more_than_on_their_pages(build: Build) -> None:
    fields = """
[[challenges]]
key = "essay"
criteria = [{ key = "m", min = 0, max = 10, step = 1 }]
form = [{ key = "title" }, { key = "team", blind = "hidden" }, { key = "redacted", blind = "only" }]
"""
    rules = RULES[: RULES.index("[[challenges]]")] + fields
    work = "round,challenge,group,title,team,redacted,at\n"
    work += (
        "past,essay,a,Old,We are Aqua,Old black,2026-01-01T10:00:00Z\nnow,essay,a,New,Still Aqua,New black,2026-03-01T10:00:00Z\n"
    )
    files = {
        "cycle.toml": rules,
        "groups.csv": "group,name\na,Aqua\n",
        "rounds.csv": ROUNDS,
        "submissions.csv": work,
        "marks.csv": None,
    }
    cycle = import_bundle(read_bundle(build(files)))
    blind = export_files(cycle, audience="judges")["submissions.csv"].decode()
    assert ("New" in blind, "New black" in blind) == (True, True)
    assert not any(never in blind for never in ("Aqua", "Old", "2026-03-01"))
    Round.objects.filter(key="now").update(published_at=now(), visibility="full")
    for audience in ("judges", "public"):
        text = export_files(cycle, audience=audience)["submissions.csv"].decode()
        assert ("Still Aqua" in text, "New black" in text, "Old black" in text) == (True, False, True), audience


@pytest.mark.parametrize("audience", list(Audience))
def test_what_goes_out_can_be_read_again(mixed: Cycle, audience: Audience, tmp_path: Path) -> None:
    export_cycle(mixed, tmp_path / "out", audience=audience)
    bundle = read_bundle(tmp_path / "out")
    assert verify(bundle).differences == ()
    assert [one.key for one in bundle.design.rounds] == ["past", "hidden", "now"]


def test_numbers_of_judges_stay_the_same(mixed: Cycle) -> None:
    assert export_files(mixed, audience="public") == export_files(mixed, audience="public")


def test_what_cannot_be_computed_is_said(mixed: Cycle) -> None:
    found = verify(bundle_for(mixed, Audience.PUBLIC))
    assert found.left_out == ('round "hidden": its work is not in this bundle, nor what rests on it',)


def test_behind_a_hidden_round_the_list_of_entrants_is_told(tmp_path: Path) -> None:
    """Everybody knows who went on; the marks that decided it stay where they are."""
    played = water()
    settle_now(played.rounds["call"], by=None)
    judge_final(played)
    settle_now(played.rounds["final"], by=None)
    export_cycle(played.cycle, tmp_path / "out", audience="public")
    bundle = read_bundle(tmp_path / "out")
    assert {row.round for row in bundle.tables.marks.rows} == {"final"}
    assert sorted(row.group for row in bundle.tables.decisions.rows) == ["aqua", "brook", "delta", "estuary", "estuary"]
    found = verify(bundle)
    assert (found.differences, found.compared["snapshot row"]) == ((), 4)


def test_everything_that_was_handed_in_survives(build: Build) -> None:
    rows = (
        "round,challenge,group,version,at,days,status,entry,answer.status,title\n"
        "one,c,a,1,2027-01-02T10:00:00+00:00,1,submitted,,yes,First\n"
        "one,c,a,2,2027-01-03T10:00:00+00:00,2.5,submitted,,no,Second\n"
        "one,c,a,1,2027-01-04T10:00:00+00:00,3,withdrawn,2,,Other\n"
    )
    tried = "round,challenge,group,at,verdict,value,place\none,run,a,0:10:00,,12.5,Rome\n"
    before = import_bundle(read_bundle(build({"submissions.csv": rows, "attempts.csv": tried, "people.csv": PEOPLE})))
    again = import_bundle(bundle_for(before, Audience.ORGANIZERS), key="again")

    def told(cycle: Cycle) -> Iterator[Any]:
        versions = Version.objects.filter(submission__challenge__round__cycle=cycle).order_by("submission__number", "number")
        yield list(versions.values_list("submission__number", "submission__state", "number", "at", "data", "fields", "digest"))
        yield list(Attempt.objects.filter(challenge__round__cycle=cycle).values_list("elapsed_ms", "value", "answer", "number"))
        yield list(
            Sheet.objects.filter(challenge__round__cycle=cycle)
            .order_by("group__key", "judge__key")
            .values_list("group__key", "judge__key", "state")
        )
        yield list(
            Membership.objects.filter(cycle=cycle)
            .order_by("person__key")
            .values_list("person__key", "role", "group__key", "capabilities")
        )
        yield list(
            Round.objects.filter(cycle=cycle)
            .order_by("number")
            .values_list("key", "opened_at", "closed_at", "published_at", "visibility")
        )

    assert list(told(again)) == list(told(before))
