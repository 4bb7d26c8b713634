"""Comparisons come in, count, go out, and prove themselves."""

from pathlib import Path

import pytest

from games.bundles.actions import export_cycle, import_bundle
from games.bundles.actions.exporting import bundle_for
from games.bundles.audience import Audience
from games.bundles.reading import read_bundle
from games.bundles.verify import verify
from games.judging.models import Panelist, RankedList, Vote
from games.results.models import ChallengeScore
from games.results.queries.facts import facts_of
from games.rounds.models import Round
from leaderboards.models import Standing
from tests.games.bundles.conftest import Build, Faults
from worker.steps import recompute_now, settle_now

pytestmark = pytest.mark.django_db

RULES = """
format = 1
cycle = { key = "expo", timezone = "UTC" }
rounds = [{ key = "one", opens = 2024-01-01T09:00:00, closes = 2024-01-02T09:00:00 }]
boards = [{ key = "end", order = ["score", "compared"] }]
[[challenges]]
key = "stand"
format = "pairwise"
"""
GROUPS = "group,name\na,Aqua\nb,Brook\nd,Delta\ne,Elm\n"
VOTES = """round,challenge,judge,a,b,outcome,count,list,at
one,stand,j,a,b,a,,,2024-01-02T10:00:00Z
one,stand,j,b,d,tie,,,2024-01-02T10:05:00Z
one,stand,j,d,e,,,,2024-01-02T10:06:00Z
one,stand,k,a,d,a,3,,2024-01-02T10:01:00Z
one,stand,k,e,a,b,,2,2024-01-02T10:09:00Z
one,stand,k,b,e,a,,2,2024-01-02T10:09:00Z
one,stand,k,a,b,a,,2,2024-01-02T10:09:00Z
one,stand,k,d,b,a,,1,2024-01-02T10:08:00Z
one,stand,k,d,e,a,,1,2024-01-02T10:08:00Z
one,stand,k,e,b,b,,1,2024-01-02T10:08:00Z
"""
FILES = {"cycle.toml": RULES, "groups.csv": GROUPS, "marks.csv": None, "votes.csv": VOTES}


def standings(cycle) -> list:
    rows = Standing.objects.filter(board__scope=cycle.pk).order_by("audience", "rank")
    return list(rows.values_list("audience", "entry", "place", "score", "values"))


def test_votes_and_lists_come_in_count_and_seat_their_judges(build: Build) -> None:
    bundle = read_bundle(build(FILES))
    cycle = import_bundle(bundle)
    assert set(Panelist.objects.values_list("person__key", "panel")) == {("j", "jury"), ("k", "jury")}
    names = {one.pk: one.key for one in cycle.groups.all()}
    assert [[names[key] for key in one.groups] for one in RankedList.objects.order_by("pk")] == [["d", "b", "e"], ["a", "b", "e"]]
    assert [one.at.minute for one in Vote.objects.order_by("pk")][:4] == [0, 1, 5, 6]
    stored = {(one.judge, one.a, one.b, one.outcome, one.count) for one in facts_of(cycle).votes}
    assert stored == {(one.judge, one.a, one.b, one.outcome, one.count) for one in bundle.facts().votes}
    recompute_now(cycle)
    scores = {one.group.key: float(one.score) for one in ChallengeScore.objects.select_related("group")}
    assert max(scores, key=scores.__getitem__) == "a"
    assert ChallengeScore.objects.get(group__key="b").values["compared"] == "4"  # two alone, one in each list


def test_out_and_in_again_is_the_same_and_verifies(build: Build, tmp_path: Path) -> None:
    cycle = import_bundle(read_bundle(build(FILES)))
    settle_now(Round.objects.get(cycle=cycle), by=None)
    export_cycle(cycle, tmp_path / "out")
    bundle = read_bundle(tmp_path / "out")
    assert bundle.tables.votes == read_bundle(build(FILES)).tables.votes
    found = verify(bundle)
    assert (found.differences, found.left_out) == ((), ())
    assert found.compared["snapshot digest"] == 1
    copy = import_bundle(bundle, key="again")
    assert standings(copy) == standings(cycle)
    export_cycle(copy, tmp_path / "twice")
    assert (tmp_path / "twice" / "votes.csv").read_bytes() == (tmp_path / "out" / "votes.csv").read_bytes()


def test_what_was_taken_back_or_waits_does_not_go_out(build: Build) -> None:
    cycle = import_bundle(read_bundle(build(FILES)))
    moment = Vote.objects.first().at
    Vote.objects.filter(ranking=RankedList.objects.last()).update(undone_at=moment)
    Vote.objects.filter(outcome="tie").update(outcome="", at=None, asked_at=moment)
    rows = bundle_for(cycle, Audience.ORGANIZERS).tables.votes.rows
    assert sorted(row.ranking for row in rows) == ["", "", "", "1", "1", "1"]
    assert {row.outcome for row in rows} == {"a", "b", ""}


def test_others_read_votes_of_published_rounds_without_who_and_when(build: Build) -> None:
    cycle = import_bundle(read_bundle(build(FILES)))
    rows = bundle_for(cycle, Audience.JUDGES).tables.votes.rows
    assert len(rows) == 10
    assert {(row.judge, row.at) for row in rows} == {("judge-1", None), ("judge-2", None)}
    Round.objects.update(published_at=None)
    assert bundle_for(cycle, Audience.JUDGES).tables.votes.rows == []


def test_a_list_compares_each_pair_once(faults: Faults) -> None:
    votes = "judge,a,b,outcome,list\nj,a,b,a,1\nj,b,a,a,1\n"
    assert faults({**FILES, "votes.csv": votes}) == [
        'votes.csv row 3, column list: list "1" of "j" compares "b" with "a" more than once'
    ]


def test_seats_of_judges_who_have_not_voted_come_along(build: Build) -> None:
    people = "person,name,role\nj,Jo,judge\nk,Kim,judge\n"
    import_bundle(read_bundle(build({**FILES, "votes.csv": None, "people.csv": people, "assignments.csv": "judge\nj\n"})))
    assert list(Panelist.objects.values_list("person__key", flat=True)) == ["j"]
