"""Opening a frozen board: the end is the final board, each covered task is opened once, and what was kept stays."""

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.facts import Attempt, Attempts, Facts
from leaderboards.engine.pipeline import compute
from leaderboards.engine.reveal import reveal
from tests.leaderboards.engine.building import groups, sound, tries

FIXED = """
rounds = [{ key = "contest" }]
challenges = [{ key = "A", format = "attempts" }, { key = "B", format = "attempts" }, { key = "C", format = "attempts" }]
boards = [{ key = "standings", order = ["solved", "penalty low", "last low"], freeze = "4:00:00" }]
"""
FALLING = FIXED.replace(
    '"A", format = "attempts"', '"A", format = "attempts", worth = { initial = 500, minimum = 100, decay = 3 }'
)
FALLING = FALLING.replace('["solved", "penalty low", "last low"]', '["score", "last low"]')
NAMES = ("ada", "ben", "eve", "org")
MINUTE = 60_000


def contest(text, *rows):
    return sound(text), Facts(groups=groups(*NAMES), attempts=Attempts(one for row in rows for one in row))


def test_the_last_opens_first_climbs_and_the_winner_is_told_last():
    scoring, facts = contest(
        FIXED,
        tries("contest", "A", "ada", (10, "AC")),
        tries("contest", "B", "ada", (250, "WA")),
        tries("contest", "A", "ben", (20, "AC"), (241, "AC")),
        tries("contest", "B", "ben", (245, "WA"), (260, "AC")),
        tries("contest", "C", "eve", (299, "AC")),
    )
    told = reveal(scoring, facts, "standings")
    assert [row.group for row in told.start.rows] == ["ada", "ben", "eve", "org"]
    assert told.start.frozen
    assert told.start.row("ben").pending == 2
    said = [(one.group, one.challenge, one.after and one.after.values["solved"] == 1) for one in told.steps]
    assert said == [
        ("org", "", None),  # nothing to open: keeps the last row
        ("eve", "C", True),  # climbs to nobody's loss: ben and ada have one solve each, with less penalty
        ("eve", "", None),
        ("ben", "B", True),  # passes ada, who stands on this row now
        ("ada", "B", False),
        ("ada", "", None),
        ("ben", "", None),
    ]
    assert told.steps[3].before.pending == 2
    assert [row.group for row in told.steps[-1].board.rows] == ["ben", "ada", "eve", "org"]
    assert not told.steps[-1].board.frozen


def test_a_board_without_a_freeze_has_nothing_to_reveal():
    scoring, facts = contest(FIXED.replace(', freeze = "4:00:00"', ""))
    assert reveal(scoring, facts, "standings") is None


attempts = st.lists(
    st.builds(
        Attempt,
        round=st.just("contest"),
        challenge=st.sampled_from("ABC"),
        group=st.sampled_from(NAMES),
        at_ms=st.integers(0, 299).map(lambda minute: minute * MINUTE),
        verdict=st.sampled_from(["AC", "WA", "CE", ""]),
    ),
    max_size=40,
).map(lambda rows: tuple(row._replace(sequence=number) for number, row in enumerate(rows)))


@given(attempts)
def test_the_steps_lead_from_the_frozen_board_to_the_final_one(rows):
    for text in (FIXED, FALLING):
        scoring, facts = contest(text, rows)
        outcome, told = compute(scoring, facts), reveal(scoring, facts, "standings")
        assert told.start.rows == outcome.frozen["standings"].rows
        assert told.steps[-1].board.rows == outcome.boards["standings"].rows
        opened = [(one.group, one.challenge) for one in told.steps if one.challenge]
        assert len(opened) == len(set(opened))
        held = {pair for pair, cell in told.cells.items() if cell != outcome.cells["contest", pair[1], pair[0]]}
        assert {pair for pair in held if text is FIXED} <= set(opened)


@given(attempts)
def test_a_row_that_was_kept_stays_where_worth_is_fixed(rows):
    scoring, facts = contest(FIXED, rows)
    told = reveal(scoring, facts, "standings")
    kept = [one.group for one in told.steps if not one.challenge]
    assert kept[::-1] == [row.group for row in told.steps[-1].board.rows]
