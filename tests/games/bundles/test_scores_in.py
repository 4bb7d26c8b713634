"""The doors for very many marks: the API for organizers, and the command line. Whole or nothing, once however often it is sent."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.cli.app import cli
from bench.contests import Contest, assign, begun, enter
from bench.people import judges
from games.bundles.api import AT_ONCE
from games.judging.models import Mark, Sheet
from games.judging.rules import SheetState
from tests.cast import Actor, actor
from tests.factories.groups import MembershipFactory

pytestmark = pytest.mark.django_db
HEAD = "group,judge,criterion,value\n"


@pytest.fixture
def contest() -> Contest:
    made = begun("paper", tasks=1, criteria=2, groups=3, judges=2)
    enter(made)
    judges(made)
    assign(made, SheetState.ASSIGNED)
    return made


@pytest.fixture
def org(contest: Contest) -> Actor:
    found = actor("org")
    MembershipFactory.create(cycle=contest.cycle, group=None, person=found.person, role="organizer", capabilities=["organize"])
    return found


def marks(contest: Contest) -> list[dict[str, str]]:
    return [
        {"group": group.key, "judge": judge.key, "criterion": f"c{criterion}", "value": str(2 + (g * 3 + j + criterion) % 8)}
        for g, group in enumerate(contest.groups)
        for j, judge in enumerate(contest.judges)
        for criterion in (1, 2)
    ]


def table(rows: list[dict[str, str]]) -> str:
    return HEAD + "".join(",".join(one.values()) + "\n" for one in rows)


def send(who: Actor, contest: Contest, key: str = "", **body: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return who.api.post(f"/api/v1/challenges/{contest.tasks[0].pk}/scores", body, format="json", headers=headers)


def nothing_written() -> bool:
    return not Mark.objects.exists() and not Sheet.objects.exclude(state="assigned").exists()


def stored() -> list[tuple[Any, ...]]:
    cells = ("group__key", "judge__key", "state", "revision", "marks__criterion", "marks__value")
    return sorted(Sheet.objects.values_list(*cells), key=repr)


def test_a_list_and_a_table_say_the_same(contest: Contest, org: Actor) -> None:
    answer = send(org, contest, marks=marks(contest))
    assert (answer.status_code, answer.json()) == (201, {"sheets": 6})
    by_list = stored()
    Mark.objects.all().delete()
    Sheet.objects.update(state="assigned", revision=0)
    assert send(org, contest, csv=table(marks(contest)), panel="jury").json() == {"sheets": 6}
    assert [one[:3] + one[4:] for one in stored()] == [one[:3] + one[4:] for one in by_list]


def test_with_a_key_it_is_done_once_and_without_one_it_says_that_nothing_waits(contest: Contest, org: Actor) -> None:
    body = {"csv": table(marks(contest))}
    assert send(org, contest, "paper-1", **body).status_code == 201
    again = send(org, contest, "paper-1", **body)
    assert (again.status_code, again.headers["Idempotency-Replayed"], again.json()) == (201, "true", {"sheets": 6})
    assert Mark.objects.count() == 12
    refused = send(org, contest, **body)
    assert (refused.status_code, refused.json()["code"], len(refused.json()["errors"])) == (422, "marks_refused", 12)


def test_every_fault_is_named_by_row_and_column_and_nothing_is_written(contest: Contest, org: Actor) -> None:
    rows = marks(contest)
    rows[0]["value"], rows[3]["criterion"], rows[4]["group"], rows[6]["judge"] = "11", "c9", "nobody", "nobody"
    told = send(org, contest, csv=table(rows) + "a,b\n").json()
    assert told["code"] == "marks_refused"
    assert [one["where"] for one in told["errors"]] == [
        "row 14",
        "row 2, column value",
        "row 5, column criterion",
        "row 6, column group",
        "row 8, column judge",
        "row 4, column criterion",  # what is missing is said where its sheet begins
        "row 7, column criterion",
        "row 9, column criterion",
    ]
    listed = send(org, contest, marks=rows).json()["errors"]
    assert [one["where"] for one in listed][:4] == [
        f"row {row}, column {column}" for row, column in ((1, "value"), (4, "criterion"), (5, "group"), (7, "judge"))
    ]
    assert nothing_written()


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "marks"),
        ({"marks": [], "csv": HEAD}, "marks"),
        ({"marks": [{"group": "g", "judge": "j", "criterion": "c"}]}, "marks.0.value"),
        ({"csv": HEAD}, "row 1"),
        ({"csv": "group,judge,value\n"}, "row 1"),
        ({"csv": f"{HEAD}g,j,c\n"}, "row 2"),
        ({"csv": HEAD, "panel": "crowd"}, "panel"),
        ({"csv": "x" * 5_000_001}, "csv"),
    ],
)
def test_what_is_no_set_of_marks_is_refused_with_the_place(
    contest: Contest, org: Actor, body: dict[str, Any], where: str
) -> None:
    answer = send(org, contest, **body)
    assert answer.status_code == 422
    assert where in {one["where"] for one in answer.json()["errors"]}, answer.json()
    assert nothing_written()


def test_more_than_the_list_takes_belongs_into_a_table(contest: Contest, org: Actor) -> None:
    answer = send(org, contest, marks=[marks(contest)[0]] * (AT_ONCE + 1))
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "marks")
    assert nothing_written()


@pytest.mark.outsider("score-import-scores")
def test_nobody_but_organizers_brings_marks(contest: Contest) -> None:
    judge, eve, visitor = actor("judith"), actor("eve"), Actor("visitor")
    MembershipFactory.create(cycle=contest.cycle, group=None, person=judge.person, role="judge", capabilities=["judge"])
    assert [send(who, contest, csv=table(marks(contest))).status_code for who in (judge, eve, visitor)] == [404, 404, 404]
    assert nothing_written()


# --- The command ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def brought(tmp_path: Path) -> Any:
    """Run the command with a table; its exit code and what it said."""

    def run(text: str, place: str = "paper/task1", *more: str) -> tuple[int, str]:
        file = tmp_path / "marks.csv"
        file.write_text(text, encoding="utf-8")
        found = CliRunner().invoke(cli, ["scores", place, str(file), *more])
        return found.exit_code, found.output

    return run


def test_the_command_makes_sheets_final(contest: Contest, brought: Any) -> None:
    assert brought(table(marks(contest)), "paper/call/task1", "--panel", "jury") == (0, "paper/call/task1: 6 sheets are final\n")
    assert Sheet.objects.filter(state="final").count() == 6


def test_a_fault_ends_it_with_1_and_wrong_use_with_2(contest: Contest, brought: Any, tmp_path: Path) -> None:
    rows = marks(contest)
    rows[0]["value"] = rows[5]["value"] = "x"
    code, said = brought(table(rows))
    assert (code, said.splitlines()[-1]) == (1, "2 faults; nothing was written.")
    assert [line.partition(":")[0] for line in said.splitlines()[:2]] == ["row 2, column value", "row 7, column value"]
    assert brought(HEAD, "paper/essay") == (1, '"paper/essay" is not there. There are: paper/call/task1\n')
    assert brought(HEAD, "stone/task1")[0] == 1
    assert brought(HEAD, "paper")[0] == 2
    assert CliRunner().invoke(cli, ["scores", "paper/task1", str(tmp_path / "none.csv")]).exit_code == 2
    assert nothing_written()


def test_a_task_of_several_rounds_is_named_with_its_round(contest: Contest, brought: Any) -> None:
    other = contest.tasks[0]
    round_ = other.round
    round_.pk, round_.key, round_.number = None, "again", 2
    round_.save(force_insert=True)
    other.pk, other.round = None, round_
    other.save(force_insert=True)
    code, said = brought(table(marks(contest)))
    assert (code, said) == (1, '"paper/task1" is in several rounds. There are: paper/call/task1, paper/again/task1\n')
