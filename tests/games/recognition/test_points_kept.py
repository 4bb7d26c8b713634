"""Rules of points that change are read again alone: what the others gave stays where it is, and the whole equals reading everything."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from games.cycles.actions import add_design
from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.queries import db_now
from games.playbooks.schema import PointRule
from games.recognition.actions import read_on, reading, rebuild_totals, replay_points, replaying, swap_points, try_points
from games.recognition.models import Points, PointsCursor, PointsTotal
from games.recognition.queries import points_of, shown_points
from games.recognition.queries.editions import Edition, shown_of
from games.recognition.queries.moments import edition_at, points_at
from games.recognition.rules.keeping import kept_on, read, readings, written
from tests.cast import Cast
from tests.factories.accounts import UserFactory
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.organizations import PersonFactory
from tests.games.recognition import crediting
from tests.games.recognition.keeping import Cells, read_from_nothing, rows_of, totals_of, tried
from tests.games.recognition.test_points import START, happen, score_all

pytestmark = pytest.mark.django_db
ENTRY: dict[str, Any] = {"key": "entry", "event": "submission.received"}
HELP: dict[str, Any] = {"key": "help", "event": "post.helped"}
SHARE: dict[str, Any] = {"key": "share", "event": "idea.shared"}
WAYS: dict[str, tuple[dict[str, Any] | None, ...]] = {
    "entry": (ENTRY | {"points": 10, "cap_day": 25, "cap_cycle": 60}, ENTRY | {"points": 7, "cap_week": 30}, None),
    "help": (HELP | {"points": 8, "partner_ratio": "0.25"}, HELP | {"points": 5, "ratio": "0.5", "cap_day": 9}, None),
    "share": (SHARE | {"points": 3, "pause": 120}, SHARE | {"points": 3, "receiver": "person"}, None),
}
KINDS = (
    "submission.received", "submission.withdrawn", "post.helped", "post.helped", "help.withdrawn", "idea.shared", "idea.hidden",
    "points.carried",
)  # fmt: skip
CHOICE = st.tuples(*[st.integers(0, 2)] * len(WAYS), st.sampled_from(["", "Asia/Tokyo"]))
ACTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 3), st.integers(0, 1), st.integers(-90, 90)), max_size=7)
PARTS = st.lists(st.tuples(CHOICE, ACTS, CHOICE, st.booleans()), min_size=1, max_size=4)


def rules_of(choice: Sequence[Any]) -> list[dict[str, Any]]:
    return [rule for ways, which in zip(WAYS.values(), choice, strict=False) if (rule := ways[which]) is not None]


def design_for(choice: Sequence[Any]) -> Any:
    return small_design(rules=rules_of(choice), cycle={"timezone": choice[-1]} if choice[-1] else {})


def told(cycle: Cycle, groups: Sequence[Group], people: Sequence[Any], acts: Sequence[tuple[str, int, int, int]]) -> None:
    for kind, about, whose, hours in acts:
        noun = {"help.withdrawn": "post", "points.carried": "carried"}.get(kind, kind.partition(".")[0])
        subject = f"{noun}:{about}:0" if noun == "carried" else f"{noun}:{about}"
        more: dict[str, Any] = {"payload": {"asker": groups[1 - whose].pk}} if noun == "post" else {}
        if kind == "idea.hidden":
            more = {"payload": {"hidden": hours > 0}}
        if kind == "idea.shared":
            more = {"actor": people[whose]}
        happen(cycle, (kind, subject, groups[whose], hours), **more)


def members(cycle: Cycle, groups: Sequence[Group]) -> list[Any]:
    """Who acts for each group; their pseudonyms. The second joined in the middle of what is told."""
    found = []
    for group, days in zip(groups, (-99, 1), strict=True):
        person = PersonFactory.create(user=UserFactory.create())
        MembershipFactory.create(cycle=cycle, group=group, person=person, since=START + timedelta(days=days))
        found.append(person.user.pseudonym)
    return found


def both_ways(cycle: Cycle, rules: list[PointRule] | None, size: int) -> list[tuple[Cells, Cells]]:
    """Rows and totals of a replay that reads everything, and of one that reads what changed."""
    steady, seen = PointsCursor.objects.get(cycle=cycle).steady, []
    for whole in (True, False):
        PointsCursor.objects.filter(cycle=cycle).update(steady={} if whole else steady)
        generation = try_points(cycle, by=None, rules=rules).preview_generation or 0
        assert read_on(cycle, generation=generation, size=size)
        edition = tried(cycle)
        assert not (whole and edition.kept)
        seen.append((rows_of(cycle, edition), totals_of(cycle, edition)))
    return seen


@settings(max_examples=25)
@given(parts=PARTS, batch=st.integers(1, 5), size=st.integers(1, 4))
def test_reading_what_changed_ends_where_reading_everything_ends(parts: Any, batch: int, size: int) -> None:
    """Random acts, reversals, late entries and amendments; other rules tried after each part, and put in force or not."""
    cycle = CycleFactory.create(design=design_for(parts[0][0]))
    groups = [GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)]
    people = members(cycle, groups)
    for now, acts, other, swapped in parts:
        add_design(cycle, design_for(now), by=None)
        cycle.refresh_from_db()
        told(cycle, groups, people, acts)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "BATCH", batch)
            patch.setattr(replaying, "AT_ONCE", 0)
            score_all(cycle)
            seen = both_ways(cycle, None if swapped else [PointRule.model_validate(one) for one in rules_of(other)], size)
        assert seen[0] == seen[1]
        if swapped:
            swap_points(cycle, generation=tried(cycle).number, by=None)
            assert (rows_of(cycle, shown_of(cycle)), totals_of(cycle, shown_of(cycle))) == seen[0]
        was = totals_of(cycle, shown_of(cycle))
        rebuild_totals(cycle)
        assert totals_of(cycle, shown_of(cycle)) == was
        assert set(shown_points().filter(cycle=cycle)) == set(points_of(cycle))


# --- What is written and read for it ---------------------------------------------------------------------------------------------------


@contextmanager
def statements() -> Iterator[list[str]]:
    found: list[str] = []

    def seen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(f"{sql} {params}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(seen):
        yield found


def two_rules(entries: int, posts: int) -> tuple[Cycle, list[Group]]:
    """A journal read under two rules: `entries` of the first, `posts` of the second."""
    cycle = CycleFactory.create(design=small_design(rules=[ENTRY | {"points": 10}, HELP | {"points": 8}]))
    groups = [GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)]
    happen(cycle, *[("submission.received", f"submission:{n}", groups[n % 2], n) for n in range(entries)])
    happen(cycle, *[("post.helped", f"post:{n}", groups[0], n) for n in range(posts)], payload={"asker": groups[1].pk})
    score_all(cycle)
    return cycle, groups


def change(cycle: Cycle, *rules: dict[str, Any]) -> None:
    add_design(cycle, small_design(rules=rules), by=None)
    cycle.refresh_from_db()


def test_rows_of_rules_that_did_not_change_are_neither_read_nor_written() -> None:
    """However many there are: as many statements, and new rows of the changed rule alone."""
    seen = []
    for entries in (5, 60):
        cycle, _ = two_rules(entries, 3)
        before = set(Points.objects.filter(cycle=cycle).values_list("pk", flat=True))
        change(cycle, ENTRY | {"points": 10, "name": "Another name"}, HELP | {"points": 2})
        with statements() as asked:
            preview = replay_points(cycle)
            swap_points(cycle, generation=preview.generation, by=None)
        seen.append(len(asked))
        assert not [one for one in asked if one.startswith("UPDATE") and '"games_points"' in one]
        assert not [one for one in asked if 'FROM "games_journalentry"' in one and "ORDER BY" in one and "submission" in one]
        new = Points.objects.filter(cycle=cycle).exclude(pk__in=before)
        assert set(new.values_list("rule", flat=True)) == {"help"}
        assert (new.count(), Points.objects.filter(pk__in=before).count()) == (3, len(before))
        assert points_of(cycle).filter(rule="entry").count() == entries
    assert seen[0] == seen[1]


def test_the_same_rules_again_write_no_points_at_all() -> None:
    cycle, groups = two_rules(4, 2)
    count = Points.objects.count()
    preview = replay_points(cycle)
    swap_points(cycle, generation=preview.generation, by=None)
    assert preview.changes == {}
    assert Points.objects.count() == count
    happen(cycle, ("submission.withdrawn", "submission:1", groups[1], 9), ("submission.received", "submission:70", groups[1], 9))
    score_all(cycle)
    assert points_of(cycle).filter(generation=preview.generation).count() == 2
    assert points_of(cycle).get(reverses__isnull=False).reverses.generation == 1  # type: ignore[union-attr]
    found = rows_of(cycle, shown_of(cycle))
    read_from_nothing(cycle)
    replay_points(cycle)
    assert rows_of(cycle, tried(cycle)) == found


def test_a_rule_that_an_amendment_removed_or_changed_is_read_again_even_if_it_is_as_before_now() -> None:
    """Between the amendments nothing was given by it: what stands is not what the rule gives."""
    cycle, groups = two_rules(2, 2)
    change(cycle, HELP | {"points": 8})
    happen(cycle, ("submission.received", "submission:50", groups[0], 50))
    score_all(cycle)
    change(cycle, ENTRY | {"points": 10}, HELP | {"points": 8})
    preview = replay_points(cycle)
    assert tried(cycle).kept == {1: frozenset({"help", "carry.points", "carry.handicap"})}
    assert preview.changes == {groups[0].pk: (26, 36)}


def test_rules_put_in_force_while_others_are_tried_are_noticed() -> None:
    """The preview kept what a rule gave; then that rule was amended: the preview begins anew, and is whole."""
    cycle, groups = two_rules(2, 2)
    first = cycle.design_number
    preview = replay_points(cycle)
    change(cycle, ENTRY | {"points": 1}, HELP | {"points": 8})
    happen(cycle, ("submission.received", "submission:50", groups[1], 50))
    score_all(cycle)
    cursor = PointsCursor.objects.get(cycle=cycle)
    assert (cursor.preview_design, first) == (first, cycle.design_number - 1)
    swap_points(cycle, generation=preview.generation, by=None)
    assert dict(PointsTotal.objects.filter(generation=preview.generation).values_list("group", "amount")) == {
        groups[0].pk: 26,
        groups[1].pk: 20,
    }


def test_who_joined_after_acting_makes_the_rules_of_that_act_read_again(cast: Cast) -> None:
    cycle = CycleFactory.create(
        design=small_design(rules=[ENTRY | {"points": 10}, {"key": "say", "event": "suggestion.made", "points": 5}])
    )
    group = GroupFactory.create(cycle=cycle)
    happen(cycle, ("suggestion.made", "suggestion:1", None, 0), actor=cast.ada.user.pseudonym)
    happen(cycle, ("submission.received", "submission:1", group, 0))
    score_all(cycle)
    cast.ada.person.memberships.update(cycle=cycle, group=group, since=START + timedelta(days=1))
    assert replay_points(cycle).changes == {group.pk: (10, 15)}
    assert tried(cycle).kept[1] == {"entry", "carry.points", "carry.handicap"}


def test_a_board_of_the_past_finds_the_rows_that_were_kept_then() -> None:
    cycle, groups = two_rules(2, 2)
    for points in (2, 4):
        change(cycle, ENTRY | {"points": 10}, HELP | {"points": points})
        preview = replay_points(cycle)
        swap_points(cycle, generation=preview.generation, by=None)
        shown = shown_of(cycle)
    assert edition_at(cycle, db_now()) == shown
    assert {one.group: int(one.amount) for one in points_at(cycle, 10**9, edition=Edition(1))}[groups[0].key] == 26
    assert {one.group: int(one.amount) for one in points_at(cycle, 10**9)}[groups[0].key] == 18


def test_credit_is_read_again_and_counts_what_other_rules_gave_by_then(cast: Cast) -> None:
    """Its caps look at the largest award of a team so far: not at what a rule that is kept gave later."""
    joined = {"key": "said", "event": "suggestion.made", "points": 300}
    crediting.rules(cast, joined, ENTRY | {"points": 5}, credit={"cap_receiver": 1, "cap_pair": 0})
    source = crediting.built(cast, "Source", cast.blue)
    for number in range(3):
        group = GroupFactory.create(cycle=cast.cycle, key=f"b{number}")
        crediting.built(cast, f"Built {number}", group, source)
        for more in range(3):
            crediting.built(cast, f"Deep {number}.{more}", GroupFactory.create(cycle=cast.cycle, key=f"d{number}{more}"), source)
        if number == 1:
            crediting.read(cast)
            happen(cast.cycle, ("suggestion.made", "suggestion:1", cast.blue, 0))
    crediting.read(cast)
    crediting.rules(cast, joined, ENTRY | {"points": 6}, credit={"cap_receiver": 1, "cap_pair": 0})
    cast.cycle.refresh_from_db()
    seen = []
    for whole in (False, True):
        if whole:
            read_from_nothing(cast.cycle)
        replay_points(cast.cycle)
        edition = tried(cast.cycle)
        assert ("said" in edition.kept.get(1, ())) is not whole
        seen.append((rows_of(cast.cycle, edition), totals_of(cast.cycle, edition)))
    assert seen[0] == seen[1]
    came = sum(row[8] for row in seen[0][0] if row[1] == "idea.credit" and row[3] == cast.blue.pk)
    assert 100 < came < 300


# --- Pure -----------------------------------------------------------------------------------------------------------------------------


def test_what_is_only_shown_changes_no_reading_and_what_is_counted_does() -> None:
    def how(**more: Any) -> str:
        return readings(small_design(rules=[ENTRY | {"points": 10} | more]))["entry"]

    assert how() == how(name="An entry", summary="Handed in.")
    assert len({how(), how(points=9), how(cap_day=20), how(cap_week=20), how(receiver="person"), how(pause=5)}) == 6


def test_rules_that_flow_and_those_of_the_same_acts_are_always_read_again() -> None:
    flows = SHARE | {"points": 3, "flows": True}
    found = readings(small_design(rules=[flows, SHARE | {"key": "too", "points": 1}, ENTRY | {"points": 10}]))
    assert found.keys() == {"entry", "carry.points", "carry.handicap"}
    assert readings(small_design(rules=[])) == {}


def test_what_is_kept_comes_back_from_the_text_and_ends_after_so_many_generations() -> None:
    kept = kept_on(3, {1: frozenset({"a", "b"}), 2: frozenset({"b"})}, ["a", "c"])
    assert kept == {1: frozenset({"a"}), 3: frozenset({"a", "c"})}
    assert read(written(kept)) == kept
    assert (written({}), read("")) == ("", {})
    assert kept_on(9, {number: frozenset({"a"}) for number in range(1, 9)}, ["a"]) == {}
