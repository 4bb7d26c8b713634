"""Who joined forces goes out and comes in as it was: parts, answers, who went into whom."""

from pathlib import Path
from typing import Any

import pytest

from games.bundles.actions import export_cycle, import_path
from games.bundles.queries import bundle_of
from games.bundles.rules import BundleRefused
from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.partnerships.models import Partner, Partnership
from games.partnerships.queries import mergers_in
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.partnerships import between_rounds, joint, merged, proposed
from tests.games.bundles.conftest import Build

pytestmark = pytest.mark.django_db
HEAD = "number,kind,state,lead,group,basis_points,answer,proposed,settled,round,challenge\n"
SINCE = "2026-03-01T00:00:00Z,2026-03-02T00:00:00Z"


def kept(cycle: Cycle) -> list[Any]:
    """Everything that is told, without ids."""
    columns = ("number", "kind", "state", "lead__key", "challenge__key", "name", "note", "proposed_at", "settled_at")
    partners = Partner.objects.filter(partnership__cycle=cycle)
    return [
        list(Partnership.objects.filter(cycle=cycle).order_by("number").values_list(*columns)),
        sorted(partners.values_list("partnership__number", "group__key", "basis_points", "answer", "answered_at")),
        sorted(Group.objects.filter(cycle=cycle).values_list("key", "name", "state", "merged_into__key")),
        sorted(
            Membership.objects.filter(cycle=cycle, until__isnull=True, group__isnull=False).values_list(
                "person__name", "group__key"
            )
        ),
    ]


def test_mergers_and_joint_entries_go_out_and_come_in_as_they_were(cast: Cast, tmp_path: Path) -> None:
    joint(cast)
    green = GroupFactory(cycle=cast.cycle, key="green", name="Green Herons")
    between_rounds(cast, cast.blue)
    proposed(cast, group=green, lead=green, shares={green.pk: 5_000, cast.blue.pk: 5_000}, note="Come!", person=None)
    merged(cast, name="All Herons")
    proposed(cast, lead=green, shares={cast.red.pk: 9_999, green.pk: 1}, group=green)
    cycle = Cycle.objects.get(pk=cast.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert kept(copy) == kept(cycle)
    assert [len(part) for part in kept(copy)] == [4, 8, 3, 3]
    assert bundle_of(copy).tables.partners == bundle_of(cycle).tables.partners
    [merger] = mergers_in(copy)
    assert sorted(merger.split.values()) == [4_000, 6_000]
    again = bundle_of(copy).tables.decisions.rows
    assert [(row.kind, row.round, row.group) for row in again] == [("advance", "final", "red"), ("stop", "final", "blue")]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (f"1,merger,agreed,a,a,6000,agreed,{SINCE},,\n1,merger,agreed,a,b,3999,agreed,{SINCE},,\n", "expected exactly 100 %"),
        (f"1,merger,agreed,a,a,6000,agreed,{SINCE},,\n1,merger,agreed,a,b,4000,asked,{SINCE},,\n", "agreed of every team"),
        (
            f"1,merger,agreed,a,a,6000,agreed,{SINCE},,\n1,merger,declined,a,b,4000,agreed,{SINCE},,\n",
            "differs from the first row",
        ),
        (f"1,merger,agreed,z,a,6000,agreed,{SINCE},,\n1,merger,agreed,z,b,4000,agreed,{SINCE},,\n", "groups.csv"),
        (f"1,joint,agreed,a,a,6000,agreed,{SINCE},,\n1,joint,agreed,a,b,4000,agreed,{SINCE},,\n", "the task of a joint entry"),
        (
            f"1,merger,proposed,a,a,6000,agreed,{SINCE},,\n1,merger,proposed,a,b,4000,asked,{SINCE},,\n",
            "unless it is only proposed",
        ),
        (f"1,merger,agreed,a,a,6000,agreed,{SINCE},,\n1,merger,agreed,a,a,4000,agreed,{SINCE},,\n", "there twice"),
    ],
)
def test_what_is_wrong_is_named(build: Build, rows: str, message: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        import_path(build({"partners.csv": HEAD + rows}))
    said = [str(one) for one in refused.value.problems]
    assert all(one.startswith("partners.csv") for one in said)
    assert message in " ".join(said)
