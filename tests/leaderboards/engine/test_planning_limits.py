"""Where there is no plan, the words name the entries, the judges and the limit that stand in the way."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leaderboards.engine.planning import Bar, Entry, Infeasible, Judge, Limit, Plan, Problem, plan, words_of

A, B, C, D = (Judge(key) for key in "ABCD")


def entries(count):
    return tuple(Entry(f"e{number}") for number in range(count))


def refused(problem) -> Infeasible:
    found = plan(problem)
    assert isinstance(found, Infeasible), found
    return found


def test_an_entry_with_too_few_judges_is_named_with_who_may():
    found = refused(Problem(entries(4), (A, B, C, D), 3, barred={("e1", "C"): Bar.CONFLICT, ("e1", "D"): Bar.OWN}))
    [block] = found.blocking
    assert (block.limit, block.entries, block.judges) == (Limit.CONFLICTS, ("e1",), ("A", "B"))
    assert (block.needed, block.possible, block.barred) == (3, 2, {Bar.OWN: 1, Bar.CONFLICT: 1})
    assert found.reason.startswith("e1 can only be judged by A and B; 3 are asked.")
    assert "Barred: 1 by being their own and 1 by conflicts of interest." in found.reason
    assert words_of(block, {"e1": "The Otters", "A": "Ada", "B": "Ben"}).startswith(
        "The Otters can only be judged by Ada and Ben; 3"
    )


def test_a_language_that_nobody_reads_is_named():
    found = refused(Problem((*entries(3), Entry("x", language="pl")), (Judge("A", languages=frozenset({"en"})), B), 2))
    assert found.blocking[0].limit is Limit.LANGUAGE
    assert found.reason.startswith("x can only be judged by B; 2 are asked. Barred: 1 by language.")


def test_too_few_judges_at_all_is_named():
    found = refused(Problem(entries(1), (A, B), 3))
    assert found.blocking[0].limit is Limit.JUDGES
    assert refused(Problem(entries(1), (), 1)).reason.startswith("e0 can be judged by nobody; 1 is asked.")


def test_what_is_there_already_is_not_asked_again():
    found = refused(Problem(entries(1), (A, B), 3, fixed=[("e0", "A")]))
    assert found.reason.startswith("e0 can only be judged by B; 2 more are asked.")


def test_load_limits_are_named_with_the_judges_who_have_no_room():
    asked = Problem(entries(10), tuple(Judge(key, max_load=5) for key in "ABCD"), 3)
    found = refused(asked)
    assert found.blocking[0].limit is Limit.LOADS
    assert (found.blocking[0].needed, found.blocking[0].possible) == (30, 20)
    assert "need 30 sheets more, which can only go to A, B, C and D, who have room for 20." in found.reason


def test_only_the_part_that_blocks_is_named():
    full = (Judge("P", max_load=2, languages=frozenset({"pl"})), Judge("E", languages=frozenset({"en"})))
    polish = tuple(Entry(f"p{number}", language="pl") for number in range(4))
    english = tuple(Entry(f"n{number}", language="en") for number in range(9))
    [block] = refused(Problem((*polish, *english), full, 1)).blocking
    assert (block.limit, block.entries, block.judges) == (Limit.LOADS, ("p0", "p1", "p2", "p3"), ("P",))
    assert (block.needed, block.possible, block.barred[Bar.LANGUAGE]) == (4, 2, 4)


def test_two_parts_that_block_are_two_blocks():
    crew = tuple(Judge(key, max_load=1, languages=frozenset({key})) for key in ("pl", "de"))
    both = tuple(Entry(f"{key}{number}", language=key) for key in ("pl", "de") for number in range(2))
    found = refused(Problem(both, crew, 1))
    assert [(block.entries, block.judges) for block in found.blocking] == [(("de0", "de1"), ("de",)), (("pl0", "pl1"), ("pl",))]


def test_least_loads_beyond_what_there_is_are_named():
    found = refused(Problem(entries(10), (Judge("A", min_load=8), Judge("B", min_load=8)), 1))
    assert found.blocking[0].limit is Limit.MINIMUM
    assert found.reason.startswith("A and B are to get at least 16 sheets more, but only 10 can go there.")


def test_a_least_load_against_conflicts_names_that_judge():
    barred = {(f"e{number}", "A"): Bar.CONFLICT for number in range(8)}
    [block] = refused(Problem(entries(10), (Judge("A", min_load=4), B), 1, barred=barred)).blocking
    assert (block.limit, block.judges, block.needed, block.possible) == (Limit.MINIMUM, ("A",), 4, 2)


def test_peers_who_cannot_avoid_each_other_are_told():
    crew = tuple(Judge(f"j{number}", group=f"e{number}") for number in range(7))
    found = refused(Problem(entries(7), crew, 4, peers=True))
    assert found.blocking[0].limit is Limit.PEERS
    assert "without two judging each other" in found.reason


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_block_is_a_proof(data):
    """What a block says cannot be, cannot be: its entries need more than its judges may take, counted anew."""
    size, judging = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 5))
    caps = data.draw(st.lists(st.integers(0, 6), min_size=judging, max_size=judging))
    lows = data.draw(st.lists(st.integers(0, 2), min_size=judging, max_size=judging))
    keys = [(f"e{a}", f"j{b}") for a in range(size) for b in range(judging)]
    barred = dict.fromkeys(data.draw(st.sets(st.sampled_from(keys))), Bar.CONFLICT)
    crew = tuple(
        Judge(f"j{n}", min_load=min(low, cap), max_load=cap) for n, (low, cap) in enumerate(zip(lows, caps, strict=True))
    )
    found = plan(Problem(entries(size), crew, data.draw(st.integers(1, 3)), barred=barred))
    if isinstance(found, Plan):
        return
    room = {one.key: one.max_load or 0 for one in crew}
    assert found.blocking
    for block in found.blocking:
        allowed = [(entry, judge) for entry in block.entries for judge in block.judges if (entry, judge) not in barred]
        if block.limit is Limit.LOADS:
            most = sum(min(room[key], sum(judge == key for _, judge in allowed)) for key in block.judges)
            assert block.needed > most == block.possible
        elif block.limit is not Limit.MINIMUM:
            assert block.needed > len(allowed) == block.possible
        assert words_of(block) in found.reason or len(found.blocking) > 3
