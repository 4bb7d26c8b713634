"""Ratings worked out from where something changed equal those worked out from the beginning, and what lies before is not asked for."""

from fractions import Fraction
from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.rating import Rating, rated
from leaderboards.engine.replaying import Steps, names_of, replayed

TEAMS = "abcde"
PLACES = st.dictionaries(st.sampled_from(TEAMS), st.integers(1, 4).map(Fraction), max_size=5)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["late", "corrected", "gone", "next", "forgotten"]), st.integers(0, 30), PLACES), max_size=14
)


def from_the_beginning(contests: list[dict[str, Fraction]]) -> dict[str, Rating]:
    ratings: dict[str, Rating] = {}
    for places in contests:
        ratings |= rated(ratings, places)
    return ratings


def texts(contests: list[dict[str, Fraction]]) -> list[str]:
    return [repr(sorted(one.items())) for one in contests]


@given(begin=st.lists(PLACES, max_size=6), changes=CHANGES)
def test_any_row_of_changes_ends_where_a_full_replay_does(
    begin: list[dict[str, Fraction]], changes: list[tuple[str, int, dict[str, Fraction]]]
) -> None:
    """Contests that come in late, are corrected, taken back, or follow; and what was kept may be lost."""
    contests, before, kept = list(begin), list[str](), dict[str, Steps]()
    for what, number, places in [("next", 0, {}), *changes]:
        at = number % (len(contests) + 1)
        if what == "late":
            contests.insert(at, places)
        elif what == "next":
            contests.append(places)
        elif what == "corrected" and at < len(contests):
            contests[at] = places
        elif what == "gone" and at < len(contests):
            del contests[at]
        elif what == "forgotten" and kept:
            del kept[sorted(kept)[number % len(kept)]]
        names, asked = names_of(texts(contests)), list[str]()
        by_name = dict(zip(names, contests, strict=True))

        def read(name: str, by_name: dict[str, dict[str, Fraction]] = by_name, asked: list[str] = asked) -> dict[str, Fraction]:
            asked.append(name)
            return by_name[name]

        steps, new = replayed(names, kept, read)
        untouched = list(takewhile(lambda pair: pair[0] == pair[1], zip(names, before, strict=False)))
        if what != "forgotten":
            assert not {one for one, _ in untouched} & set(asked), "what lies before the change is not read"
        assert asked == [name for name in names if name in new]
        kept |= new
        before = names
        ratings: dict[str, Rating] = {}
        moved: dict[str, Fraction] = {}
        for done in steps:
            ratings |= {team: step.after for team, step in done.items()}
            for team, step in done.items():
                moved[team] = moved.get(team, Fraction(0)) + step.moved
        assert ratings == from_the_beginning(contests), "the same to the last bit"
        assert moved == {team: one.cautious - Rating().cautious for team, one in ratings.items()}


def test_a_name_tells_all_that_lies_before() -> None:
    assert names_of("ab")[0] == names_of("ac")[0]
    assert names_of("ab")[1] != names_of("ac")[1]
    assert names_of("ab")[1] != names_of("bb")[1]
    assert names_of([]) == []
