"""What an importer refuses: one cell at a time is broken, and the fault names it."""

from pathlib import Path

import pytest

from games.bundles.reading import read_path
from tests.games.bundles.conftest import GROUPS, MARKS, RULES, Build, Faults

MARK = "one,c,{},{},{},{},{}\n"


def test_the_small_bundle_is_sound(build: Build, faults: Faults) -> None:
    assert faults() == []
    assert [str(warning) for warning in read_path(build()).warnings][:1] == [
        'cycle.toml: challenge "c" in round "one": no mark has the criterion "n"'
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("three,c,a,l,m,5,", 'column round: "three" is not a round; known: one, two'),
        ("one,q,a,l,m,5,", 'column challenge: "q" is not a challenge of round "one"; known: c, run'),
        ("two,run,a,l,m,5,", 'column challenge: "run" is not a challenge of round "two"; known: c'),
        ("one,run,a,l,m,5,", 'column challenge: "run" is of format measured, which has no marks'),
        ("one,c,aa,l,m,5,", 'column group: "aa" is not in groups.csv; did you mean "a"?'),
        ("one,c,a,l,q,5,", 'column criterion: "q" is not a criterion of "c"; known: m, n'),
        ("one,c,a,l,m,19.19,", 'column value: 19.19 is not on the step 1 of criterion "m"'),
        ("one,c,a,l,m,101,", 'column value: 101 is outside 0 to 100 of criterion "m"'),
        ("one,c,a,l,m,-2,", 'column value: -2 is outside 0 to 100 of criterion "m"'),
        ("one,c,a,l,n,3,", 'column value: 3 is not among 1, 2, 5 of criterion "n"'),
        ("one,c,a,j,m,51,", 'column judge: judge "j" marks "m" of "a" twice'),
        ("one,c,b,k,m,5,recused", "column value: the judge is recused, but the mark has the value 5"),
        (",c,a,l,m,5,", "column round: is empty, but the cycle has 2 rounds: one, two"),
        ("one,,a,l,m,5,", 'column challenge: is empty, but round "one" has 2 challenges: c, run'),
        ("one,c,a,l,,5,", 'column criterion: is empty, but challenge "c" has 2 criteria: m, n'),
    ],
)
def test_a_mark_that_cannot_be_is_refused(faults: Faults, line: str, expected: str) -> None:
    assert faults({"marks.csv": MARKS + line + "\n"}) == [f"marks.csv row 6, {expected}"]


def test_the_value_that_means_no_mark_is_always_right(faults: Faults) -> None:
    assert faults({"marks.csv": MARKS + "one,c,a,l,m,-1,\n"}) == []


def test_a_number_that_cannot_be_stored_exactly_is_refused(faults: Faults) -> None:
    rules = RULES.replace("max = 100, step = 1", "max = 100")
    assert faults({"cycle.toml": rules, "marks.csv": MARKS + "one,c,a,l,m,1.23456,\n"}) == [
        "marks.csv row 6, column value: 1.23456 has more than 4 decimals, which is what mark_decimals of the cycle allows"
    ]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("group,name\na,Aqua\na,Again\nb,B\nd,D\n", 'groups.csv row 3, column group: "a" is there twice'),
        ("group,name\na,Aqua\nb,AQUA\nd,D\n", 'groups.csv row 3, column name: another group is called "AQUA" too'),
    ],
)
def test_groups_are_told_apart(faults: Faults, groups: str, expected: str) -> None:
    assert faults({"groups.csv": groups}) == [expected]


def test_the_same_name_in_two_divisions_is_no_fault(faults: Faults) -> None:
    assert faults({"groups.csv": "group,name,division\na,Aqua,x\nb,Aqua,y\nd,Delta,x\n"}) == []


def test_a_board_within_a_column_needs_that_column(faults: Faults) -> None:
    rules = RULES.replace('{ key = "after",', '{ key = "after", within = "league",')
    assert faults({"cycle.toml": rules}) == ['groups.csv row 1: board "after" ranks within "league", but there is no such column']


def test_an_entry_of_another_division_is_refused(faults: Faults) -> None:
    rules = RULES.replace('key = "c"\n', 'key = "c"\ndivision = "x"\n')
    found = faults({"cycle.toml": rules, "groups.csv": "group,name,division\na,A,x\nb,B,y\nd,D,x\n"})
    assert found == ['marks.csv row 3, column group: "b" is of division "y", but "c" is for "x"']


PEOPLE = "person,name,role,group\nj,Judith,judge,\nk,Kim,judge,\nben,Ben,member,b\nj,Judith,member,d\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("one,c,b,ben,m,5,", 'column judge: "ben" has no role in people.csv that judges'),
        ("one,c,b,eve,m,5,", 'column judge: "eve" has no role in people.csv that judges'),
        ("one,c,d,k,m,5,", 'column judge: "k" is in conflict with "d" (conflicts.csv) and cannot mark it'),
        ("one,c,b,k,m,5,", 'column judge: "k" is not on the panel "jury" for "b" (assignments.csv)'),
    ],
)
def test_a_mark_from_outside_the_panel_is_refused(faults: Faults, line: str, expected: str) -> None:
    tables = {
        "people.csv": PEOPLE,
        "conflicts.csv": "judge,group,reason\nk,d,cousin\n",
        "assignments.csv": "round,challenge,group,judge,panel\none,c,,j,\none,c,a,k,jury\n",
        "marks.csv": MARKS.replace("one,c,d,j,m,40,\n", "") + line + "\n",
    }
    assert faults(tables) == [f"marks.csv row 5, {expected}"]


def test_a_judge_never_marks_the_own_group_but_may_recuse(faults: Faults) -> None:
    assert faults({"people.csv": PEOPLE}) == ['marks.csv row 4, column judge: "j" belongs to "d" and cannot mark it']
    assert faults({"people.csv": PEOPLE, "marks.csv": MARKS.replace("one,c,d,j,m,40,", "one,c,d,j,m,,recused")}) == []


@pytest.mark.parametrize(
    ("name", "table", "expected"),
    [
        ("people", "person,role\nj,king\n", 'people.csv row 2, column role: "king" is not a role; known: organizer, judge, '),
        ("people", "person,group\nj,q\n", 'people.csv row 2, column group: "q" is not in groups.csv'),
        ("assignments", "judge,group\nj,q\n", 'assignments.csv row 2, column group: "q" is not in groups.csv'),
        ("assignments", "judge,round\nj,q\n", 'assignments.csv row 2, column round: "q" is not a round; known: one, two'),
        ("conflicts", "judge,group\nj,q\n", 'conflicts.csv row 2, column group: "q" is not in groups.csv'),
        ("submissions", "round,challenge,group,days\none,c,a,10\n", "submissions.csv row 2, column days: 10 is outside 0 to 9"),
        ("submissions", "round,challenge,group,days\none,c,a,x\n", "submissions.csv row 2, column days: expected a number"),
        (
            "submissions",
            "round,challenge,group\none,c,a\none,c,a\n",
            'submissions.csv row 3, column group: "a" is there twice with',
        ),
        ("submissions", "round,challenge,group,at\none,c,a,noon\n", "submissions.csv row 2, column at: expected a time like"),
        (
            "submissions",
            "round,challenge,group,status\none,c,a,lost\n",
            "submissions.csv row 2, column status: expected submitted, ",
        ),
        (
            "attempts",
            "round,challenge,group,at\none,run,a,5\n",
            "attempts.csv row 2, column value: is empty; expected the measured value",
        ),
        ("attempts", "round,challenge,group,at\none,c,a,5\n", 'attempts.csv row 2, column challenge: "c" is of format rubric'),
        (
            "attempts",
            "round,challenge,group,at,value\none,run,a,2027-01-01T07:00:00Z,5\n",
            'attempts.csv row 2, column at: 2027-01-01T07:00:00+00:00 is before round "one" opens',
        ),
        (
            "votes",
            "round,challenge,judge,a,b,outcome\none,c,j,a,a,a\n",
            'votes.csv row 2, column challenge: "c" is of format rubric',
        ),
        ("decisions", "kind,group,round\nfire,a,one\n", "decisions.csv row 2, column kind: expected advance, stop, "),
        ("decisions", "kind,group,round\nstop,q,one\n", 'decisions.csv row 2, column group: "q" is not in groups.csv'),
        ("decisions", "kind,group,round\nstop,a,three\n", 'decisions.csv row 2, column round: "three" is not a round'),
        (
            "decisions",
            "kind,group,board\nbreak,a,q\n",
            'decisions.csv row 2, column board: "q" is not a board; known: after, end',
        ),
        ("decisions", "kind,group,board,value\nbreak,a,after,x\n", "decisions.csv row 2, column value: expected 1, 2, "),
        (
            "decisions",
            "kind,group,value\naward,a,gold\n",
            'decisions.csv row 2, column value: "gold" is not an award that is decided',
        ),
        ("official", "kind,key,group\nplace,a,b\n", "official.csv row 2, column kind: expected board, value, "),
    ],
)
def test_a_table_that_points_nowhere_is_refused(faults: Faults, name: str, table: str, expected: str) -> None:
    found = faults({f"{name}.csv": table})
    assert any(fault.startswith(expected) for fault in found), found


def test_who_is_out_is_not_marked_afterwards(faults: Faults) -> None:
    rules = RULES.replace("cuts = [", "#")
    marks = MARKS + "two,c,a,j,m,5,\n"
    assert faults({"cycle.toml": rules, "marks.csv": marks}) == []
    assert faults({"cycle.toml": rules, "marks.csv": marks, "decisions.csv": "kind,group,round\nstop,a,two\n"}) == [
        'marks.csv row 6, column group: "a" is out from round "two" on (decisions.csv) but has an entry in "two"'
    ]


def test_who_was_not_let_in_is_not_marked(faults: Faults) -> None:
    assert faults({"marks.csv": MARKS + "two,c,d,j,m,5,\n"}) == [
        'marks.csv row 6: "d" has an entry in "two", but no cut or decision let it in'
    ]
    decided = {"marks.csv": MARKS + "two,c,d,j,m,5,\n", "decisions.csv": "kind,group,round,reason\nadvance,d,two,invited\n"}
    assert faults(decided) == []


def test_more_wildcards_than_the_cut_allows_are_refused(faults: Faults) -> None:
    found = faults({"decisions.csv": "kind,group,round,board\nadvance,d,two,after\n"})
    assert found == ['decisions.csv: 1 group advances from board "after" to "two" by decision, but the cut allows 0 wildcards']


def test_a_cut_larger_than_the_field_is_a_warning(build: Build) -> None:
    read = read_path(build({"cycle.toml": RULES.replace("first = 2", "first = 40")}))
    assert 'cycle.toml: cut to "two": first = 40, but only 3 groups have a place' in [str(warning) for warning in read.warnings]


def test_faults_of_all_files_are_named_together(faults: Faults) -> None:
    found = faults(
        {
            "cycle.toml": RULES.replace("first = 2", "first = 2, share = 0.5"),
            "groups.csv": GROUPS + "a,Again\n",
            "marks.csv": MARKS + "one,c,a,l,m,101,\n",
            "people.csv": "name\nx\n",
            "extra.csv": "x\n",
        }
    )
    assert [fault.split(" ")[0].rstrip(":") for fault in found] == [
        "cycle.toml",
        "extra.csv",
        "groups.csv",
        "marks.csv",
        "people.csv",
    ]


def test_broken_rules_and_broken_tables_are_told_together(faults: Faults) -> None:
    found = faults({"cycle.toml": "format = 1\n[cycle\n", "marks.csv": "group;judge\n"})
    assert [fault.split(":")[0] for fault in found] == ["cycle.toml", "marks.csv row 1"]


def test_a_folder_without_rules_says_what_it_found(faults: Faults, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    assert faults({"cycle.toml": None}) == ["bundle: no cycle.toml was found; found: groups.csv, marks.csv"]


DROPPING = """
format = 1
cycle = { key = "x", name = "X" }
[[rounds]]
key = "one"
[[challenges]]
key = "c"
criteria = [{ key = "m", min = 0, max = 10, step = 1 }]
panels = [{ key = "jury", drop_high = 1, drop_low = 1 }]
[[boards]]
key = "result"
"""


@pytest.mark.parametrize(("few", "many"), [(2, 2), (2, 3), (3, 2), (3, 3)])
@pytest.mark.parametrize("looked_at", [2, 1000])
def test_a_panel_that_drops_all_it_has_is_refused_however_few_marks_are_looked_at_first(
    faults: Faults, monkeypatch: pytest.MonkeyPatch, few: int, many: int, looked_at: int
) -> None:
    """`few` marks on the first group, `many` on the others: only where nobody has more than is dropped something is wrong."""
    monkeypatch.setattr("games.bundles.check.FEW_MARKS", looked_at)
    rows = [f"{key},j{judge},m,{judge + 3}" for key, count in (("a", few), ("b", many), ("d", many)) for judge in range(count)]
    files = {"cycle.toml": DROPPING, "marks.csv": "\n".join(["group,judge,criterion,value", *rows])}
    told = 'cycle.toml: challenge "c" in round "one": panel "jury" drops 2 marks, but no entry has more than 2'
    assert faults(files) == ([] if max(few, many) > 2 else [told])
