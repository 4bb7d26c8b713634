from backend.web.distances import distance, to_next

STEPS = ["solved", "minutes of penalty"]


def row(place, *keys):
    return {"place": place, "keys": list(keys), "group": place}


def test_the_first_step_that_differs_tells_the_distance():
    assert distance(row("2", "7", "679"), row("1", "9", "546"), STEPS) == "2 solved"
    assert distance(row("2", "7", "679"), row("1", "7", "546"), STEPS) == "133 minutes of penalty"
    assert distance(row("2", "80.07"), row("1", "80.69"), ["points"]) == "0.62 points"
    assert distance(row("2", "1/3"), row("1", "1/2"), ["points"]) == "0.1667 points"


def test_what_cannot_be_told_is_not_told():
    assert distance(row("1", "7", "5"), row("1", "7", "5"), STEPS) == "level"
    assert distance(row("", None), row("1", "3"), ["points"]) == ""
    assert distance(row("2", None), row("1", "3"), ["points"]) == ""
    assert distance(row("2", ["3", "4"]), row("1", ["3", "5"]), ["points"]) == ""


def test_those_who_share_a_place_look_at_the_same_next_one():
    rows = [row("1", "9"), row("2", "7"), row("2", "7"), row("4", "4")]
    assert to_next(rows, ["points"]) == ["", "2 points", "2 points", "3 points"]
