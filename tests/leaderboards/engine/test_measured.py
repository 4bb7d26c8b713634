import pytest

from leaderboards.engine.facts import Attempts, Facts
from leaderboards.engine.pipeline import compute
from tests.leaderboards.engine.building import groups, places, scores, sound, tries

RUN = """
rounds = [{{ key = "open" }}]
challenges = [{{ key = "run", format = "measured", better = "low", keep = "{keep}", unit = "minutes" }}]
boards = [{{ key = "times", order = ["score {direction}"] }}, {{ key = "records", rows = "records" }}]
"""


def run(*attempts, keep="best", direction="low"):
    facts = Facts(groups=groups("ada", "ben"), attempts=Attempts(one for row in attempts for one in row))
    return compute(sound(RUN.format(keep=keep, direction=direction)), facts)


@pytest.mark.parametrize(
    ("keep", "ada", "direction"),
    [("best", "4", "low"), ("latest", "4.5", "low"), ("first", "5", "low"), ("improvement", "0.5", "high")],
)
def test_which_attempt_counts_is_declared(keep, ada, direction):
    outcome = run(tries("open", "run", "ada", (1, "", 5), (2, "", 4), (3, "", "4.5")), keep=keep, direction=direction)
    assert scores(outcome.boards["times"]) == {"ada": ada, "ben": None}


def test_lower_time_is_better():
    outcome = run(tries("open", "run", "ada", (1, "", 5)), tries("open", "run", "ben", (1, "", 4)))
    assert places(outcome.boards["times"]) == {"ben": "1", "ada": "2"}


def test_the_latest_time_counts_even_if_it_is_worse():
    outcome = run(tries("open", "run", "ada", (1, "", 4), (5, "", 6)), tries("open", "run", "ben", (1, "", 5)), keep="latest")
    assert places(outcome.boards["times"]) == {"ben": "1", "ada": "2"}


def test_an_entry_may_be_taken_off_and_a_later_one_stands_again():
    taken = (tries("open", "run", "ada", (1, "", 4), (2, "withdrawn")), tries("open", "run", "ben", (1, "", 5)))
    assert places(run(*taken).boards["times"]) == {"ben": "1", "ada": None}
    again = (*taken, tries("open", "run", "ada", (3, "", 6)))
    assert scores(run(*again).boards["times"]) == {"ben": "5", "ada": "6"}


def test_taking_off_one_value_leaves_the_others():
    outcome = run(tries("open", "run", "ada", (1, "", 4), (2, "", 5), (3, "withdrawn", 4)))
    assert scores(outcome.boards["times"])["ada"] == "5"


def test_a_rejected_measurement_does_not_count():
    outcome = run(tries("open", "run", "ada", (1, "", 4), (2, "invalid", 1)))
    assert scores(outcome.boards["times"])["ada"] == "4"


def test_a_record_beats_the_standing_best_across_groups():
    outcome = run(
        tries("open", "run", "ada", (1, "", 45), (4, "", 30), (6, "", "24.9")),
        tries("open", "run", "ben", (2, "", "31.4"), (3, "", "31.4"), (5, "", 31)),
    )
    rows = outcome.boards["records"].rows
    assert [(int(row.place or 0), row.group, row.score, row.values["at"]) for row in rows] == [
        (1, "ada", 45, 1),
        (2, "ben", outcome.boards["records"].rows[1].score, 2),
        (3, "ada", 30, 4),
        (4, "ada", rows[3].score, 6),
    ]


def test_a_rebase_sets_the_standing_best_without_being_a_record():
    outcome = run(
        tries("open", "run", "ada", (1, "", 20), (2, "rebase", 22)),
        tries("open", "run", "ben", (3, "", 21)),
    )
    assert [(row.group, int(row.score or 0)) for row in outcome.boards["records"].rows] == [("ada", 20), ("ben", 21)]
    assert scores(outcome.boards["times"]) == {"ben": "21", "ada": "22"}


def test_a_rebase_of_a_group_without_an_entry_changes_only_the_records():
    outcome = run(tries("open", "run", "ada", (1, "rebase", 22)), tries("open", "run", "ben", (3, "", 23)))
    assert scores(outcome.boards["times"]) == {"ben": "23", "ada": None}
    assert outcome.boards["records"].rows == ()
