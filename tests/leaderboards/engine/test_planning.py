"""Plans keep every limit, are optimal, even and repeatable, and link the judges."""

import random
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from leaderboards.engine.planning import Bar, Entry, Infeasible, Judge, Plan, Problem, plan

CALM = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def entries(count, **of):
    return tuple(Entry(f"e{number:03}", **of) for number in range(count))


def judges(count, **of):
    return tuple(Judge(f"j{number:03}", **of) for number in range(count))


def tracks(count, judging, parts):
    return (
        tuple(Entry(f"e{n:03}", topics=frozenset({f"t{n % parts}"})) for n in range(count)),
        tuple(Judge(f"j{n:03}", topics=frozenset({f"t{n % parts}"})) for n in range(judging)),
    )


def planned(problem) -> Plan:
    found = plan(problem)
    assert isinstance(found, Plan), found
    return found


def crews(found) -> dict[str, list[str]]:
    by_entry: dict[str, list[str]] = {}
    for entry, judge in found.pairs:
        by_entry.setdefault(entry, []).append(judge)
    return by_entry


def meetings(found) -> Counter[tuple[str, str]]:
    return Counter(pair for crew in crews(found).values() for pair in combinations(sorted(crew), 2))


@st.composite
def problems(draw, *, capped=True, **more):
    """Small problems with bars, declared matches and load limits, feasible or not."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    size, judging = draw(st.integers(1, 14)), draw(st.integers(1, 8))
    each = draw(st.integers(1, min(3, judging)))
    sparse = draw(st.sampled_from([0, 0, 0.1, 0.3]))
    keys = [(f"e{a:03}", f"j{b:03}") for a in range(size) for b in range(judging)]
    fair = -(-size * each // judging)
    return Problem(
        entries=entries(size),
        judges=tuple(
            Judge(one.key, max_load=dice.choice([None, fair, fair + 1, fair + 3]) if capped else None) for one in judges(judging)
        ),
        per_entry=each,
        match={pair: dice.randrange(11) / 10 for pair in keys},
        barred={pair: dice.choice([Bar.CONFLICT, Bar.OWN]) for pair in keys if dice.random() < sparse},
        seed=draw(st.integers(0, 1000)),
        **more,
    )


def test_the_oracle_is_solved_optimally():
    match = [[0.9, 0.8, 0.1], [0.9, 0.1, 0.2], [0.3, 0.6, 0.5]]
    asked = Problem(
        entries(3), judges(3, max_load=1), 1, match={(f"e{a:03}", f"j{b:03}"): match[a][b] for a in range(3) for b in range(3)}
    )
    found = planned(asked)
    assert found.pairs == (("e000", "j001"), ("e001", "j000"), ("e002", "j002"))
    assert found.objective == 2.2
    assert found.weakest == 0.5


@pytest.mark.parametrize("seed", range(20))
def test_seven_entries_and_seven_judges_form_the_fano_plane(seed):
    met = meetings(planned(Problem(entries(7), judges(7), 3, seed=seed)))
    assert met == dict.fromkeys(combinations([one.key for one in judges(7)], 2), 1)


@pytest.mark.parametrize(("size", "judging", "each"), [(6, 4, 2), (13, 13, 4), (10, 5, 3), (20, 6, 3), (12, 9, 3)])
def test_judges_of_small_panels_meet_evenly(size, judging, each):
    met = meetings(planned(Problem(entries(size), judges(judging), each)))
    counts = [met[pair] for pair in combinations([one.key for one in judges(judging)], 2)]
    assert max(counts) - min(counts) <= 1


@CALM
@given(problems())
def test_a_plan_keeps_every_limit_and_gives_every_entry_its_judges(asked):
    found = plan(asked)
    assume(isinstance(found, Plan))
    caps = {one.key: len(asked.entries) if one.max_load is None else one.max_load for one in asked.judges}
    assert len(set(found.pairs)) == len(found.pairs)
    assert not set(found.pairs) & set(asked.barred)
    assert Counter(entry for entry, _ in found.pairs) == {one.key: asked.per_entry for one in asked.entries}
    assert found.loads == {key: sum(judge == key for _, judge in found.pairs) for key in caps}
    assert all(found.loads[key] <= cap for key, cap in caps.items())


@CALM
@given(problems(), st.randoms(use_true_random=False))
def test_the_same_problem_in_another_order_gives_the_same_plan(asked, dice):
    mixed = Problem(
        tuple(dice.sample(asked.entries, len(asked.entries))),
        tuple(dice.sample(asked.judges, len(asked.judges))),
        asked.per_entry,
        match=dict(sorted(asked.match.items(), reverse=True)),
        barred=asked.barred,
        seed=asked.seed,
    )
    found = plan(asked)
    assert plan(asked) == found
    assert plan(mixed) == found


@CALM
@given(problems(link=False))
def test_other_names_change_who_is_equal_but_not_how_good_the_plan_is(asked):
    found = plan(asked)
    turned = {one.key: f"x{len(asked.judges) - n}" for n, one in enumerate(asked.judges)}
    other = plan(
        Problem(
            asked.entries,
            tuple(Judge(turned[one.key], max_load=one.max_load) for one in asked.judges),
            asked.per_entry,
            match={(entry, turned[judge]): value for (entry, judge), value in asked.match.items()},
            barred={(entry, turned[judge]): bar for (entry, judge), bar in asked.barred.items()},
            seed=asked.seed,
            link=False,
        )
    )
    assert isinstance(other, Plan) is isinstance(found, Plan)
    if isinstance(found, Plan) and isinstance(other, Plan):
        assert other.objective == pytest.approx(found.objective)
        assert sorted(other.loads.values()) == sorted(found.loads.values())


def best_even(asked) -> float | None:
    """The best sum of matches with loads that differ by one at most, by linear programming; None where there is none."""
    size, judging = len(asked.entries), len(asked.judges)
    low, high = size * asked.per_entry // judging, -(-size * asked.per_entry // judging)
    cost = np.array([[-asked.match[e.key, j.key] for j in asked.judges] for e in asked.entries])
    bounds = [(0, 0 if (e.key, j.key) in asked.barred else 1) for e in asked.entries for j in asked.judges]
    rows = np.kron(np.eye(size), np.ones(judging))
    columns = np.kron(np.ones(size), np.eye(judging))
    tops = [min(high, high if j.max_load is None else j.max_load) for j in asked.judges]
    done = linprog(
        cost.ravel(),
        A_eq=rows,
        b_eq=np.full(size, asked.per_entry),
        A_ub=np.vstack([columns, -columns]),
        b_ub=np.array([*tops, *[-low] * judging]),
        bounds=bounds,
    )
    return -done.fun if done.success else None


@CALM
@given(problems(link=False))
def test_loads_are_even_where_they_can_be_and_then_the_match_is_the_best(asked):
    best = best_even(asked)
    assume(best is not None)
    found = planned(asked)
    assert max(found.loads.values()) - min(found.loads.values()) <= 1
    assert found.objective == pytest.approx(best, abs=1e-6)


@CALM
@given(problems(capped=False))
def test_what_is_fixed_stays_and_only_the_rest_is_dealt(asked):
    first = plan(asked)
    assume(isinstance(first, Plan))
    gone = asked.judges[0].key
    stay = [pair for pair in first.pairs if pair[1] != gone]
    again = plan(Problem(asked.entries, asked.judges[1:], asked.per_entry, match=asked.match, barred=asked.barred, fixed=stay))
    if isinstance(again, Plan):
        assert set(stay) <= set(again.pairs)
        assert set(again.dealt) == set(again.pairs) - set(stay)
        assert Counter(entry for entry, _ in again.pairs) == {one.key: asked.per_entry for one in asked.entries}


def test_a_judge_who_left_keeps_finished_sheets_and_gets_no_more():
    found = planned(Problem(entries(6), judges(3), 2, fixed=[("e000", "gone"), ("e001", "gone")]))
    assert {pair for pair in found.pairs if pair[1] == "gone"} == {("e000", "gone"), ("e001", "gone")}
    assert sum(found.loads.values()) == 12
    assert found.loads["gone"] == 2


def test_loads_even_out_what_some_have_already():
    found = planned(Problem(entries(12), judges(4), 2, fixed=[(f"e{n:03}", "j000") for n in range(6)]))
    assert set(found.loads.values()) == {6}


def test_least_loads_are_kept():
    asked = Problem(entries(10), (Judge("a", min_load=9), Judge("b"), Judge("c")), 1)
    assert planned(asked).loads["a"] == 9


def test_everybody_marks_the_anchors_but_who_must_not():
    found = planned(Problem(entries(10), judges(5), 2, anchors=["e003"], barred={("e003", "j001"): Bar.CONFLICT}))
    assert crews(found)["e003"] == ["j000", "j002", "j003", "j004"]
    assert all(len(crew) == 2 for entry, crew in crews(found).items() if entry != "e003")


def test_an_entry_may_want_more_judges_than_the_others():
    found = planned(Problem((*entries(5), Entry("hard", wanted=4)), judges(5), 2))
    assert len(crews(found)["hard"]) == 4


def test_topics_match_as_their_cosine():
    asked = Problem(
        (Entry("water", topics=frozenset({"water", "soil"})), Entry("air", topics=frozenset({"air"}))),
        (Judge("w", topics=frozenset({"water", "soil"})), Judge("a", topics=frozenset({"air", "water"}))),
        1,
    )
    found = planned(asked)
    assert found.pairs == (("air", "a"), ("water", "w"))
    assert found.objective == pytest.approx(1 + 2**-0.5, abs=1e-6)


def test_a_judge_reads_only_what_is_in_their_languages():
    asked = Problem(
        (Entry("polska", language="pl"), *entries(5)),
        (Judge("p", languages=frozenset({"pl", "en"})), *judges(2, languages=frozenset({"en"}))),
        1,
    )
    assert crews(planned(asked))["polska"] == ["p"]


def test_nobody_judges_their_own():
    asked = Problem(entries(6), tuple(Judge(f"j{n}", group=f"e{n:03}") for n in range(6)), 3)
    assert not {(f"e{n:03}", f"j{n}") for n in range(6)} & set(planned(asked).pairs)


@pytest.mark.parametrize(("size", "each"), [(3, 1), (5, 2), (7, 3), (9, 4), (8, 3), (20, 3), (41, 5)])
@pytest.mark.parametrize("seed", [0, 1])
def test_peers_never_judge_each_other(size, each, seed):
    asked = Problem(entries(size), tuple(Judge(f"j{n:03}", group=f"e{n:03}") for n in range(size)), each, peers=True, seed=seed)
    found = planned(asked)
    judged = {(entry[1:], judge[1:]) for entry, judge in found.pairs}
    assert not {(a, b) for a, b in judged if (b, a) in judged}
    assert set(found.loads.values()) == {each}


def test_teams_with_several_judges_do_not_judge_each_other_either():
    crew = tuple(Judge(f"j{n}{part}", group=f"e{n:03}") for n in range(9) for part in "ab")
    found = planned(Problem(entries(9), crew, 4, peers=True))
    judged = {(int(entry[1:]), int(judge[1])) for entry, judge in found.pairs}
    assert not {(a, b) for a, b in judged if (b, a) in judged}


def test_the_fairest_plan_looks_after_the_worst_match_first():
    match = {("e000", "j000"): 1.0, ("e000", "j001"): 0.6, ("e001", "j000"): 0.7, ("e001", "j001"): 0.1}
    asked = {"entries": entries(2), "judges": judges(2, max_load=1), "per_entry": 1, "match": match, "link": False}
    assert planned(Problem(**asked)).weakest == 0.6
    match[("e000", "j000")], match[("e001", "j001")] = 1.0, 0.5
    assert planned(Problem(**asked)).weakest == 0.5
    assert planned(Problem(**asked, fairest=True)).weakest == 0.6


@CALM
@given(problems(link=False, fairest=True, capped=False))
def test_no_even_plan_has_a_better_worst_pair_than_the_fairest(asked):
    assume(best_even(asked) is not None)
    worst = min(asked.match[pair] for pair in planned(asked).pairs)
    better = {pair: Bar.CONFLICT for pair, value in asked.match.items() if value <= worst}
    stricter = Problem(asked.entries, asked.judges, asked.per_entry, match=asked.match, barred={**asked.barred, **better})
    assert best_even(stricter) is None


def test_thinning_leaves_out_pairs_by_the_seed_and_never_costs_feasibility():
    names = {("e000", "j000"): 1.0}
    had = [
        ("e000", "j000") in planned(Problem(entries(8), judges(8), 2, match=names, seed=n, thinning=0.5)).pairs for n in range(40)
    ]
    assert 8 < sum(had) < 32
    assert isinstance(plan(Problem(entries(3), judges(2), 2, thinning=0.9)), Plan)


@pytest.mark.parametrize(("size", "judging", "each"), [(12, 5, 3), (30, 10, 3), (60, 20, 3), (120, 24, 3)])
def test_judges_are_linked_well(size, judging, each):
    found = planned(Problem(entries(size), judges(judging), each))
    assert found.components == 1
    assert found.lambda2 >= 1
    assert not found.bridges
    assert not found.notes


@pytest.mark.parametrize(("size", "judging", "parts"), [(24, 12, 4), (60, 20, 4), (120, 24, 4)])
def test_tracks_are_linked_though_expertise_would_part_them(size, judging, parts):
    asked = tracks(size, judging, parts)
    apart = planned(Problem(*asked, 3, link=False))
    assert apart.components == parts
    assert apart.objective == 3 * size
    assert "share no entry" in apart.notes[0]
    found = planned(Problem(*asked, 3))
    assert found.components == 1
    assert found.lambda2 >= 1
    assert found.objective >= 0.75 * apart.objective
    assert max(found.loads.values()) - min(found.loads.values()) <= 1


def test_many_judges_of_tracks_are_linked_by_bridges():
    found = planned(Problem(*tracks(300, 70, 5), 3))
    assert len(found.bridges) >= 30
    assert found.components == 1
    assert found.lambda2 >= 1


def test_what_cannot_be_linked_is_said():
    alone = planned(Problem(entries(6), judges(3), 1))
    assert alone.components == 3
    assert "No entry has two judges" in alone.notes[0]
    thin = planned(Problem(entries(40), judges(40), 3))
    assert thin.components == 1
    assert 0.3 < thin.lambda2 < 1
    assert "thinly" in thin.notes[0]
    assert planned(Problem(entries(6), judges(3), 1, anchors=["e000", "e001"])).components == 1


def test_nothing_to_deal_is_a_plan():
    assert planned(Problem((), (), 3)).pairs == ()
    assert (
        planned(Problem(entries(2), judges(2), 2, fixed=[(f"e{a:03}", f"j{b:03}") for a in (0, 1) for b in (0, 1)])).dealt == ()
    )


def test_a_big_problem_is_pruned_without_loss():
    dice = random.Random(4)
    topics = ["water", "air", "soil", "food", "heat", "cities"]
    asked = Problem(
        tuple(Entry(f"e{n:04}", topics=frozenset(dice.sample(topics, 2))) for n in range(900)),
        tuple(Judge(f"j{n:03}", topics=frozenset(dice.sample(topics, 3))) for n in range(150)),
        3,
        link=False,
    )
    from leaderboards.engine.planning import flow
    from leaderboards.engine.planning.table import table_of

    table = table_of(asked)
    assert table.open.size > flow.BIG
    pruned = flow.deal(table, table.loss, table.open)
    whole = flow.deal(table, table.loss, table.open, pruned=0)
    assert pruned is not None
    assert whole is not None
    assert table.loss[pruned].sum() == table.loss[whole].sum()
    assert set(pruned.sum(axis=0).tolist()) == {18}


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_entry": -1},
        {"slack": -1},
        {"thinning": 1.0},
        {"match": {("e000", "j000"): 1.5}},
        {"judges": (*judges(2), *judges(1))},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"once|at least|between"):
        Problem(**{"entries": entries(2), "judges": judges(2), "per_entry": 1} | wrong)


def test_progress_is_told():
    heard: list[tuple[str, int]] = []
    plan(Problem(entries(4), judges(3), 2), told=lambda says, percent: heard.append((says, percent)))
    assert [percent for _, percent in heard] == sorted(percent for _, percent in heard)
    assert heard[-1] == ("Done", 100)
    assert isinstance(plan(Problem(entries(1), (), 1)), Infeasible)
