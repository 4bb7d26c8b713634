"""Registration: the door, names, consent, eligibility, places. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.groups.rules import (
    CODE_LETTERS,
    Consent,
    CycleFull,
    RegistrationRefused,
    RegistrationState,
    clean_code,
    clean_group_name,
    consent_problems,
    door,
    eligibility_problems,
    missing_members,
    new_invite_code,
    outcome,
    role_with,
    room_for,
    same_name,
)
from games.playbooks.rules import Capability
from games.playbooks.schema import DEFAULT_ROLES, Eligibility, NameRules, Registration, Role

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rules(**values) -> Registration:
    return Registration.model_validate(values)


def is_open(now: datetime = NOON, *, state: str = "enrolling", **values) -> bool:
    return door(rules(**values), state=state, enrolling=state == "enrolling", now=now).open


def test_without_times_the_door_is_open_while_the_cycle_enrols():
    assert is_open()
    assert not is_open(state="running")


@pytest.mark.parametrize("state", ["draft", "paused", "awarding", "closed", "cancelled"])
def test_in_no_other_state_is_the_door_open(state):
    assert not is_open(state=state, opens=NOON - HOUR, closes=NOON + HOUR)


def test_with_times_the_door_stays_open_after_the_start():
    assert is_open(state="running", opens=NOON - HOUR, closes=NOON + HOUR)


def test_the_door_opens_at_opens_and_is_closed_at_closes():
    times = {"opens": NOON, "closes": NOON + HOUR}
    assert [is_open(at, **times) for at in (NOON - timedelta(microseconds=1), NOON, NOON + HOUR)] == [False, True, False]


def test_a_closed_door_says_when_it_opens():
    shut = door(rules(opens=NOON + HOUR), state="enrolling", enrolling=True, now=NOON)
    assert shut.why == "Registration opens on 1 March 2027, 13:00 UTC."


def test_a_name_loses_doubled_spaces_and_control_signs():
    assert clean_group_name("  Red\u200b \t Herons\x07 ", NameRules()) == "Red Herons"


@pytest.mark.parametrize("name", ["R", "  ", "!!!", "x" * 81, "The Rüpel Four", "RÜPEL"])
def test_a_name_that_breaks_a_rule_is_refused_at_its_field(name):
    with pytest.raises(RegistrationRefused) as refusal:
        clean_group_name(name, NameRules(forbidden=("rüpel",)))
    assert refusal.value.where == "name"


@given(st.text(max_size=90))
def test_a_cleaned_name_is_clean(name):
    try:
        clean = clean_group_name(name, NameRules())
    except RegistrationRefused:
        return
    assert clean_group_name(clean, NameRules()) == clean


@pytest.mark.parametrize(
    ("one", "other"), [("Herons", "HERONS"), ("Straße", "STRASSE"), ("Ｈｅｒｏｎｓ", "herons"), ("é", "e\u0301")]
)
def test_case_and_written_form_make_no_other_name(one, other):
    assert same_name(one) == same_name(other)


TERMS = {
    "terms": {"version": "2", "text": "Be fair."},
    "licence": {"version": "CC BY 4.0", "text": "Others may reuse."},
    "min_age": 16,
}


def test_all_that_is_to_be_accepted_is_asked_for_at_once():
    found = consent_problems(rules(**TERMS), Consent())
    assert [(one.where, one.code) for one in found] == [
        ("terms_version", "required"),
        ("licence_version", "required"),
        ("age_confirmed", "required"),
    ]


def test_what_was_accepted_in_these_versions_holds():
    assert consent_problems(rules(**TERMS), Consent("2", "CC BY 4.0", age_confirmed=True)) == []


def test_an_older_version_of_the_terms_does_not_hold():
    (problem,) = consent_problems(rules(**TERMS), Consent("1", "CC BY 4.0", age_confirmed=True))
    assert problem.code == "outdated"
    assert "version 2" in problem.message


STUDENTS = Eligibility(field="kind", among=("student", "pupil"), message="Only students and pupils take part.")
YOUNG = Eligibility.model_validate({"field": "age", "min": 14, "max": "20.5", "message": "From 14 to 20 and a half."})
NOT_US = Eligibility(field="from", excludes=("The host",), message="Whoever organizes does not take part.")


@pytest.mark.parametrize(
    ("answers", "broken"),
    [
        ({"kind": "student", "age": 14, "from": "Elsewhere"}, []),
        ({"kind": "pupil", "age": "20.5", "from": ["Elsewhere", "Far"]}, []),
        ({"kind": "teacher", "age": 14, "from": "Elsewhere"}, [STUDENTS]),
        ({"kind": "student", "age": "20.51", "from": "Elsewhere"}, [YOUNG]),
        ({"kind": "student", "age": 13, "from": ["Elsewhere", "The host"]}, [YOUNG, NOT_US]),
        ({"kind": ["student", "teacher"], "age": "x", "from": "y"}, [STUDENTS, YOUNG]),
        ({}, [STUDENTS, YOUNG, NOT_US]),
    ],
)
def test_a_broken_rule_is_cited_at_the_answer_that_breaks_it(answers, broken):
    found = eligibility_problems((STUDENTS, YOUNG, NOT_US), answers)
    assert [(one.where, one.message) for one in found] == [(f"answers.{one.field}", one.message) for one in broken]


def test_the_last_place_is_taken_then_people_wait():
    assert outcome(rules(capacity=2), taken=1, approved=False) is RegistrationState.ACCEPTED
    assert outcome(rules(capacity=2), taken=2, approved=False) is RegistrationState.WAITING


def test_without_a_waiting_list_a_full_cycle_refuses():
    with pytest.raises(CycleFull, match="All 2 places"):
        outcome(rules(capacity=2, waiting_list=False), taken=2, approved=False)


def test_where_organizers_approve_everybody_is_pending_first():
    assert outcome(rules(capacity=2, approval=True), taken=9, approved=False) is RegistrationState.PENDING
    assert outcome(rules(capacity=2, approval=True), taken=0, approved=True) is RegistrationState.ACCEPTED


def test_sizes_count_to_the_limit():
    assert room_for(1, members=3, rules=rules(max_members=4))
    assert not room_for(1, members=4, rules=rules(max_members=4))
    assert room_for(1, members=999, rules=rules())
    assert [missing_members(rules(min_members=3), count) for count in (1, 3, 5)] == [2, 0, 0]


def test_a_role_is_found_by_what_it_allows_not_by_its_name():
    crew = (
        Role(key="skipper", capabilities=("captain", "submit")),  # type: ignore[arg-type]
        Role(key="sailor", capabilities=("submit",)),  # type: ignore[arg-type]
    )
    assert role_with(crew, Capability.CAPTAIN).key == "skipper"
    assert role_with(crew, Capability.SUBMIT, without=Capability.CAPTAIN).key == "sailor"
    assert role_with(crew, Capability.JUDGE).key == "judge"


@pytest.mark.parametrize("capability", list(Capability))
def test_the_roles_of_the_house_cover_every_capability(capability):
    assert role_with((), capability) in DEFAULT_ROLES


def test_a_code_is_understood_as_people_type_it():
    assert clean_code(" red-o1 ilo ") == "RED01110"
    code = new_invite_code()
    assert len(code) == 10
    assert set(code) <= set(CODE_LETTERS)
    assert clean_code(code.lower()) == code
