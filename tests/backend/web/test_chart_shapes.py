from fractions import Fraction

from backend.web.chart_shapes import Standings, bump_shape, by_round, by_version, lines_data, lines_shape
from games.results.queries.history import Held


def column(head, *keys):
    return Standings(head, {key: (number, str(number)) for number, key in enumerate(keys, start=1)})


def row(group, place="1", score="1", **values):
    return {"group": group, "name": group.title(), "place": place, "score": score, "values": values, "line": 0, "bracket": ""}


def test_one_state_is_no_line():
    assert bump_shape([column("1", "ada", "ben")], {}, chosen="", title="Places") is None
    assert bump_shape([column("1"), column("2")], {}, chosen="", title="Places") is None


def test_the_words_and_the_table_tell_what_the_picture_tells():
    shape = bump_shape(
        [column("1", "ada", "ben"), column("2", "ben", "ada")], {"ada": "Ada", "ben": "Ben"}, chosen="ada", title="Places"
    )
    assert shape["words"] == "Places, in 2 steps. Ben: 2, 1. Ada: 1, 2."
    assert [row["cells"] for row in shape["rows"]] == [["Ben", "2", "1"], ["Ada", "1", "2"]]
    assert [line.tone.value for line in shape["wide"].lines] == ["top", "mine"]


def test_a_large_field_draws_the_first_whoever_led_and_the_chosen_one():
    many = [f"g{number:02}" for number in range(40)]
    shape = bump_shape([column("1", "g30", *many[:30], *many[31:]), column("2", *many)], {}, chosen="g25", title="Places")
    keys = {line.key for line in shape["wide"].lines}
    assert keys == {*many[:12], "g30", "g25"}
    assert (shape["drawn"], shape["all"]) == (14, 40)


def test_published_states_leave_out_other_brackets_and_who_has_no_place():
    places = [
        {"ada": Held(1, "1", "", "Ada"), "ben": Held(2, "", "", "Ben"), "cia": Held(1, "1", "school", "Cia")},
        {"ada": Held(1, "1", "", "Ada")},
    ]
    assert [one.places for one in by_version(["1", "2"], places, "")] == [{"ada": (1, "1")}, {"ada": (1, "1")}]


def test_places_in_a_round_share_and_turn_where_less_is_better():
    rows = [row("ada", call="9", run="12.5"), row("ben", call="9", run="11"), row("cia", call="1/3", run=None)]
    call, run = by_round([("call", "Call", False), ("run", "Run", True), ("none", "None", False)], rows, zeros=False)
    assert call.places == {"ada": (1, "1"), "ben": (2, "1"), "cia": (3, "3")}
    assert run.places == {"ben": (1, "1"), "ada": (2, "2")}
    assert by_round([("call", "Call", False)], [row("ada", call="0")], zeros=True) == []


def test_lines_say_who_is_first_and_share_one_time():
    minute = 60_000
    ways = {"ada": [(0, Fraction(0)), (30 * minute, Fraction(2))], "ben": [(0, Fraction(0)), (45 * minute, Fraction(1))]}
    rows = [row("ada", "1", "2"), row("ben", "2", "1")]
    shape = lines_shape(ways, rows, chosen="ben", low=False, until=60 * minute)
    assert shape["words"] == "Score over time of 2 teams, in minutes since the opening. Ada is first with 2."
    assert [one["cells"] for one in shape["rows"]] == [["Ada", "2", "30.0"], ["Ben", "1", "45.0"]]
    data = lines_data(ways, rows, chosen="ben")
    assert data["x"] == [0, 30, 45]
    assert [(one["key"], one["tone"], one["y"]) for one in data["series"]] == [
        ("ada", "top", [0, 2, 2]),
        ("ben", "mine", [0, 0, 1]),
    ]
    assert lines_shape({}, rows, chosen="", low=False, until=None) is None
