"""Appeals and corrections go out with a cycle for its organizers, come in again, and a draft goes on where it lands."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now

from games.bundles.actions import export_cycle, export_files, import_path
from games.bundles.bundle import Bundle
from games.bundles.queries.cycle import bundle_of
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.changes import actions
from games.changes.actions import Wanted
from games.changes.models import Appeal, ChangeSet
from games.changes.rules import ChangeKind
from games.cycles.models import Cycle
from games.rounds.models import Round
from tests.factories.changes import Told, told
from tests.flows.story import the_worker_works
from tests.games.bundles.conftest import Build
from worker import correcting

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Told:
    """One correction is applied for an appeal, one is being prepared, one was given up; another appeal is open."""
    found = told()
    Round.objects.filter(cycle=found.played.cycle).update(closed_at=now())
    cycle = Cycle.objects.get(pk=found.played.cycle.pk)
    appeal = actions.make_appeal(
        round=found.round("call"), group=found.played.groups["brook"], text="A private word.", by=found.ben.user
    )
    done = actions.prepare(cycle, reason="Read wrongly.", by=None, changes=[mark(found, "brook")], appeal=appeal)
    correcting.look_at(done.pk)
    done.refresh_from_db()
    actions.apply(done, by=found.org.user, stamp=done.stamp, answer="A frank word.")
    the_worker_works()
    entry = found.played.challenges["prototype"].submissions.get()
    actions.prepare(
        cycle,
        reason="Being looked at.",
        by=None,
        changes=[mark(found, "cloud"), Wanted(ChangeKind.DISQUALIFY, submission=entry), weights()],
    )
    actions.cancel(actions.prepare(cycle, reason="Given up.", by=None), by=None, reason="It was right.")
    actions.make_appeal(round=found.round("final"), group=found.played.groups["aqua"], text="Another.", by=found.ada.user)
    return found


def mark(story: Told, group: str) -> Wanted:
    return Wanted(ChangeKind.MARK, sheet=story.sheet(group), criterion="impact", value=5)


def weights() -> Wanted:
    return Wanted(ChangeKind.RULE, changes={"boards": [{"key": "result", "weights": {"call": "0.4", "final": "0.6"}}]})


def told_of(cycle: Any) -> list[Any]:
    """What is kept of appeals and corrections, without ids."""
    sets = [
        (one.number, one.state, one.reason, one.settled_reason, one.made_at, one.appeal.text if one.appeal else "")
        for one in ChangeSet.objects.filter(cycle=cycle).order_by("number")
    ]
    rows = Appeal.objects.filter(round__cycle=cycle).order_by("at")
    appeals = list(rows.values_list("round__key", "challenge__key", "group__key", "text", "state", "answer", "at", "answered_at"))
    changes = [
        (one.kind, one.target.get("judge"), one.target.get("criterion"), one.before, one.after)
        for each in ChangeSet.objects.filter(cycle=cycle).order_by("number")
        for one in each.changes.order_by("position")
    ]
    return [sets, appeals, changes]


def test_they_go_out_to_organizers_and_come_in_as_they_were(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert told_of(copy) == told_of(cycle)
    tables = bundle_of(cycle).tables
    again = bundle_of(copy).tables
    assert (again.appeals, again.changes) == (tables.appeals, tables.changes)


def test_a_draft_goes_on_where_it_lands(story: Told, tmp_path: Path) -> None:
    export_cycle(Cycle.objects.get(pk=story.played.cycle.pk), tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    Cycle.objects.filter(pk=copy.pk).update(state="awarding")
    draft = ChangeSet.objects.get(cycle=copy, state="draft")
    assert correcting.look_at(draft.pk)
    draft.refresh_from_db()
    assert "error" not in draft.preview, draft.preview
    actions.apply(draft, by=None, stamp=draft.stamp)
    the_worker_works()
    draft.refresh_from_db()
    assert draft.run is not None
    assert draft.run.state == "done", draft.run.error


def test_nobody_else_gets_a_word_of_them(story: Told) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    for audience in ("public", "judges"):
        files = export_files(cycle, audience=audience)
        assert not {"appeals.csv", "changes.csv"} & set(files)
        text = "\n".join(content.decode() for content in files.values())
        for secret in ("A private word.", "A frank word.", "Being looked at.", "Given up."):
            assert secret not in text, (audience, secret)


RULES = """
format = 1
cycle = { key = "talk", name = "Talk" }
rounds = [{ key = "one" }]
challenges = [{ key = "c", criteria = [{ key = "m", min = 0, max = 100 }] }]
boards = [{ key = "r" }]
"""
FILES = {"cycle.toml": RULES, "groups.csv": "group\na\nb\n", "marks.csv": "group,judge,value\na,j,70\n"}
APPEALS = "number,round,challenge,group,text,state,answer,at,answered\n"
CHANGES = "number,state,reason,appeal,at,settled,settled_reason,position,kind,target,before,after\n"
AT = "2026-01-04T08:00:00Z"
TARGET = '"{""round"":""one"",""challenge"":""c"",""group"":""a"",""panel"":""jury"",""judge"":""j"",""criterion"":""m""}"'
VALUE = '"{""value"":""80"",""state"":""""}"'


def test_they_are_read(build: Build) -> None:
    found: Bundle = read_bundle(
        build(
            FILES
            | {
                "appeals.csv": f"{APPEALS}1,one,,a,Look.,upheld,Yes.,{AT},{AT}\n",
                "changes.csv": f"{CHANGES}1,draft,Why.,1,{AT},,,1,mark,{TARGET},{{}},{VALUE}\n",
            }
        )
    )
    assert (found.tables.appeals.rows[0].answer, found.tables.changes.rows[0].kind) == ("Yes.", "mark")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"1,two,,a,Look.,open,,{AT},", '"two"'),
        (f"1,one,d,a,Look.,open,,{AT},", '"d"'),
        (f"1,one,,z,Look.,open,,{AT},", '"z" is not in groups.csv'),
        (f"1,one,,a,Look.,maybe,,{AT},", "maybe"),
        ("1,one,,a,Look.,open,,,", "expected a time"),
        (f"1,one,,a,Look.,open,,{AT},\n1,one,,b,Look.,open,,{AT},", "1 is there twice"),
        (f"1,one,,a,Look.,open,,{AT},\n2,one,c,a,Look.,open,,{AT},", "two open appeals"),
    ],
)
def test_what_is_wrong_with_an_appeal_is_named(build: Build, row: str, message: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        read_bundle(build(FILES | {"appeals.csv": f"{APPEALS}{row}\n"}))
    assert any(message in str(one) and "appeals.csv" in str(one) for one in refused.value.problems), refused.value.problems


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"1,draft,Why.,7,{AT},,,1,mark,{TARGET},,{VALUE}", "7 is not in appeals.csv"),
        (f"1,draft,Why.,,{AT},,,1,mark,{{}},,{VALUE}", "misses round, challenge, group, judge, panel, criterion"),
        (f"1,draft,Why.,,{AT},,,1,mark,{TARGET.replace('a', 'z', 1)},,{VALUE}", "misses"),
        (f"1,draft,Why.,,{AT},,,1,mark,{TARGET},,", "misses value, state"),
        (f"1,draft,Why.,,{AT},,,1,rule,,,", "expected changes or a design"),
        (f"1,draft,Why.,,{AT},,,1,guess,,,", "guess"),
        (f"1,draft,Why.,,{AT},,,1,mark,nonsense,,", "expected a JSON object"),
        (f"1,draft,Why.,,{AT},,,1,mark,{TARGET},,{VALUE}\n1,draft,Else.,,{AT},,,2,mark,{TARGET},,{VALUE}", "differs"),
        (f"1,draft,Why.,,{AT},,,1,mark,{TARGET},,{VALUE}\n1,draft,Why.,,{AT},,,1,mark,{TARGET},,{VALUE}", "twice"),
    ],
)
def test_what_is_wrong_with_a_correction_is_named(build: Build, row: str, message: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        read_bundle(build(FILES | {"changes.csv": f"{CHANGES}{row}\n"}))
    assert any(message in str(one) and "changes.csv" in str(one) for one in refused.value.problems), refused.value.problems
