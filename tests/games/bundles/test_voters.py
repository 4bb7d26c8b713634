"""Ballots of an audience and sheets of peers in bundles: in and out, under names that tell nothing, verified."""

from pathlib import Path

import pytest
from django.utils import timezone

from games.bundles.actions import export_cycle, export_files, import_bundle, import_path
from games.bundles.reading import read_bundle, read_path
from games.bundles.rules import BundleRefused
from games.bundles.verify import verify
from games.cycles.models import Cycle
from games.groups.models import Membership
from games.judging.models import Ballot, Panelist, Sheet
from games.organizations.models import Person
from leaderboards.models import Snapshot
from tests.factories.accounts import UserFactory
from tests.games.bundles.conftest import Build

pytestmark = pytest.mark.django_db
RULES = """
format = 1
cycle = { key = "love", name = "Love" }
rounds = [{ key = "one", visibility = "full" }]
boards = [{ key = "r" }, { key = "loved", order = ["crowd"] }]
[[challenges]]
key = "c"
criteria = [{ key = "m", min = 0, max = 100 }, { key = "liked", panel = "crowd" }, { key = "fair", panel = "teams", optional = true, min = 0, max = 10 }]
panels = [{ key = "jury" }, { key = "crowd", who = "audience", ballots = 2, combine = "sum" }, { key = "teams", who = "peers" }]
"""
FILES = {
    "cycle.toml": RULES,
    "groups.csv": "group\na\nb\n",
    "rounds.csv": "round,opened,closed,published\none,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,2026-01-03T00:00:00Z\n",
    "people.csv": "person,role,group\nj,judge,\np,captain,a\nq,captain,b\n",
    "marks.csv": "group,judge,criterion,value\na,j,m,70\nb,j,m,80\na,voter-x,liked,1\nb,voter-x,liked,1\na,voter-y,liked,1\nb,p,fair,7\n",
}


def brought(build: Build) -> Cycle:
    return import_bundle(read_bundle(build(FILES)))


def test_marks_of_an_audience_come_in_as_ballots_of_people_without_a_part(build: Build) -> None:
    cycle = brought(build)
    assert sorted((one.person.key, one.group.key, one.panel) for one in Ballot.objects.all()) == [
        ("voter-x", "a", "crowd"),
        ("voter-x", "b", "crowd"),
        ("voter-y", "a", "crowd"),
    ]
    assert not Sheet.objects.filter(panel="crowd").exists()
    assert not Membership.objects.filter(cycle=cycle, person__key__startswith="voter-").exists()
    assert [row["entry"] for row in Snapshot.objects.get(board__key="loved").rows] == ["a", "b"]


def test_peers_come_in_as_peers_and_judge_nothing_else(build: Build) -> None:
    cycle = brought(build)
    seat = Panelist.objects.get(person__key="p")
    assert (seat.panel, seat.peer) == ("teams", True)
    assert [one.role for one in Membership.objects.filter(cycle=cycle, person__key="p")] == ["captain"]


def test_out_and_in_again_is_the_same_and_can_be_verified(build: Build, tmp_path: Path) -> None:
    cycle = brought(build)
    user = UserFactory.create(email="vera@example.org", email_confirmed_at=timezone.now())
    Person.objects.filter(key="voter-y").update(user=user, name="Vera Voter")
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="love-again")
    digests = [
        list(Snapshot.objects.filter(board__scope=one.pk).order_by("board__key").values_list("digest", flat=True))
        for one in (cycle, copy)
    ]
    assert digests[0] == digests[1]
    read = read_path(tmp_path / "out.zip")
    assert verify(read.bundles[0]).equal
    for audience in ("public", "judges", "organizers"):
        text = "\n".join(content.decode() for content in export_files(cycle, audience=audience).values())
        assert "Vera" not in text
        assert "vera@example.org" not in text
        assert "voter-" in text


@pytest.mark.parametrize(
    ("marks", "message"),
    [
        ("a,voter-x,liked,2", "a ballot of an audience is 1"),
        ("a,voter-x,liked,1\nb,voter-x,liked,1\nd,voter-x,liked,1", '"voter-x" has more than 2 votes'),
        ("a,voter-x,liked,1\na,voter-x,liked,1", 'judge "voter-x" marks "liked" of "a" twice'),
        ("a,p,fair,7", '"p" belongs to "a" and cannot mark it'),
        ("a,q,m,7", '"q" has no role in people.csv that judges'),
    ],
)
def test_what_voters_and_peers_cannot_do_is_named(build: Build, marks: str, message: str) -> None:
    files = FILES | {"groups.csv": "group\na\nb\nd\n", "marks.csv": f"group,judge,criterion,value\n{marks}\n"}
    with pytest.raises(BundleRefused) as refused:
        read_bundle(build(files))
    assert any(message in str(one) for one in refused.value.problems), refused.value.problems
