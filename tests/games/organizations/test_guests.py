"""Lists of people as organizers paste them: what is read, and what is said about what cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.organizations.guests import MAX_GUESTS, Guest, read_guests

ROLES = {"judge": "judge", "member": "member", "captain": "captain", "jury member": "judge"}


def read(text):
    return read_guests(text, ROLES)


@pytest.mark.parametrize(
    ("line", "guest"),
    [
        ("ada@example.org", Guest(1, "", "ada@example.org")),
        ("  Ada Lovelace <Ada@Example.org>  ", Guest(1, "Ada Lovelace", "ada@example.org")),
        ('"Lovelace, Ada" <ada@example.org>', Guest(1, "Ada Lovelace", "ada@example.org")),
        ("Lovelace, Ada <ada@example.org>", Guest(1, "Ada Lovelace", "ada@example.org")),
        ("Ada, ada@example.org", Guest(1, "Ada", "ada@example.org")),
        ("Ada;ada@example.org;Red Herons;captain", Guest(1, "Ada", "ada@example.org", "captain", "Red Herons")),
        ("Ada;ada@example.org;Captain;Red Herons", Guest(1, "Ada", "ada@example.org", "captain", "Red Herons")),
        ("ada@example.org\tJury member", Guest(1, "", "ada@example.org", "judge")),
        ("ada@example.org; Red Herons", Guest(1, "", "ada@example.org", "", "Red Herons")),
        ("Ada <ada@example.org>; Red Herons; jester", Guest(1, "Ada", "ada@example.org", "jester", "Red Herons")),
    ],
)
def test_a_line_is_read_as_people_write_it(line, guest):
    assert read(line) == ([guest], [])


def test_several_addresses_in_one_line_are_several_people():
    guests, problems = read("Ada <ada@example.org>, ben@example.org, cleo@example.org")
    assert [(one.name, one.email) for one in guests] == [
        ("Ada", "ada@example.org"),
        ("", "ben@example.org"),
        ("", "cleo@example.org"),
    ]
    assert problems == []


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_is_read_by_its_header_whatever_stands_between_cells(mark):
    rows = [
        ["Team", "E-Mail", "Full name", "Role"],
        ["Red", "ada@example.org", "Ada", "captain"],
        ["", "ben@example.org", "Ben", ""],
    ]
    text = "\ufeff" + "\r\n".join(mark.join(row) for row in rows)
    assert read(text) == (
        [Guest(2, "Ada", "ada@example.org", "captain", "Red"), Guest(3, "Ben", "ben@example.org")],
        [],
    )


def test_a_quoted_cell_of_a_table_may_hold_what_stands_between_cells():
    guests, _ = read('name,email\n"Lovelace, Ada",ada@example.org')
    assert guests[0].name == "Lovelace, Ada"


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("", "", "Nobody"),
        ("Ada", "row 1, email", "No e-mail address"),
        ("ada@example", "row 1, email", "no e-mail address"),
        ("name,email\nAda,", "row 2, email", "missing"),
        ("name,email,shoe\nAda,ada@example.org,39", "row 1", '"shoe" is no column'),
        ("email,mail\nada@example.org,x", "row 1", "twice"),
        ("name,email\nAda,ada@example.org,captain", "row 2", "3 cells where the header has 2"),
        ("Ada;ada@example.org;Red;captain;what", "row 1", '"what"'),
        ("ada@example.org, ben@example.org, Red", "row 1", '"Red"'),
    ],
)
def test_a_fault_is_told_with_its_row_and_column(text, where, says):
    _, problems = read(text)
    assert [one.where for one in problems] == [where]
    assert says in problems[0].message


def test_every_fault_is_listed_not_only_the_first():
    _, problems = read("ada@example.org\nnobody\nben@example.org\nnothing")
    assert [one.where for one in problems] == ["row 2, email", "row 4, email"]


def test_a_list_has_an_end():
    _, problems = read("\n".join(f"a{n}@example.org" for n in range(MAX_GUESTS + 1)))
    assert "at most 2,000" in problems[0].message


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_whatever_is_pasted_is_read_or_refused_never_broken(text):
    guests, problems = read(text)
    assert guests or problems
