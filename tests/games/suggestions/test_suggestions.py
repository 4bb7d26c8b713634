"""Suggestions: made through the door that amending uses, supported, decided, and made a rule at the gate with credit to their author."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from games.cycles.models import Decision, Design
from games.cycles.queries import design_of
from games.errors import Conflict, GameError, Invalid
from games.journal.models import JournalEntry
from games.permissions import allows, visible
from games.progression.rules import AmendRefused, NothingChanged
from games.suggestions import actions
from games.suggestions.models import Suggestion
from games.suggestions.queries import at_the_gate, credit_of, log_of, with_support
from games.suggestions.rules import (
    MISSING,
    SUGGESTIONS_A_DAY,
    SuggestionInvalid,
    SuggestionRefused,
    TooManySuggestions,
    cleaned_change,
    rewritten,
    unreadable,
    value_at,
)
from tests.cast import Cast
from tests.factories.suggestions import between_rounds, suggested

pytestmark = pytest.mark.django_db
SUMMARY = [{"path": "cycle.summary", "value": "Clean water for all."}]
APPEALS = [{"path": 'rounds["final"].appeal_days', "value": 7}]


# --- Rules ----------------------------------------------------------------------------------------------------------------------------


def test_a_setting_is_named_set_and_taken_away_by_its_path():
    data: dict[str, Any] = {"cycle": {"key": "x"}, "rounds": [{"key": "one", "blind": True}]}
    after = rewritten(data, [{"path": 'rounds["one"].appeal_days', "value": 3}, {"path": "aim.statement", "value": "Less dust."}])
    assert after["rounds"] == [{"key": "one", "blind": True, "appeal_days": 3}]
    assert (after["aim"], data["rounds"]) == ({"statement": "Less dust."}, [{"key": "one", "blind": True}])
    assert rewritten(data, [{"path": 'rounds["one"].blind', "value": None}])["rounds"] == [{"key": "one"}]
    assert rewritten(data, [{"path": 'rounds["one"]', "value": None}])["rounds"] == []
    assert rewritten(data, [{"path": 'rounds["two"].blind', "value": True}])["rounds"][1] == {"key": "two", "blind": True}
    assert (value_at(data, 'rounds["one"].blind'), value_at(data, 'rounds["two"].blind')) == (True, MISSING)


def test_a_panel_whose_usual_key_the_rules_leave_out_is_found_by_it():
    data = {"challenges": [{"key": "pitch", "panels": [{"name": "Jury", "quorum": 2}, {"key": "crowd", "quorum": 5}]}]}
    path = 'challenges["pitch"].panels["jury"].quorum'
    assert value_at(data, path) == 2
    assert rewritten(data, [{"path": path, "value": 3}])["challenges"][0]["panels"][0] == {"name": "Jury", "quorum": 3}


@pytest.mark.parametrize("path", ["", "rounds[0].opens", "cycle..name", 'rounds["final"', "1cycle", "cycle.summary; drop"])
def test_what_names_no_setting_is_refused(path: str):
    with pytest.raises(SuggestionInvalid):
        cleaned_change([{"path": path, "value": 1}])


@pytest.mark.parametrize("value", ["x" * 30_000, "a\0b", [{"a": "\0"}], float("nan"), {1, 2}])
def test_a_value_that_no_database_keeps_is_refused(value: Any):
    with pytest.raises(SuggestionInvalid):
        cleaned_change([{"path": "cycle.summary", "value": value}])


def test_what_not_everybody_may_read_cannot_be_sounded_out():
    whole = {"challenges": [{"key": "quiz", "answer": "42", "weight": "1"}]}
    public = {"challenges": [{"key": "quiz", "weight": "1"}]}
    paths = ['challenges["quiz"].answer', 'challenges["quiz"]', "challenges", 'challenges["quiz"].weight', "cycle.summary"]
    assert unreadable(paths, whole, public) == paths[:3]


# --- Suggesting -----------------------------------------------------------------------------------------------------------------------


def test_whoever_takes_part_suggests_and_the_change_is_shown_as_it_would_be(cast: Cast):
    row = suggested(cast, change=APPEALS)
    assert (row.number, row.state, row.group, row.diff) == (
        1,
        "open",
        cast.red,
        [{"path": 'rounds["final"].appeal_days', "before": None, "after": 7}],
    )
    assert suggested(cast, who=cast.judith).number == 2, "in words only, by a judge"
    assert [allows(one.access, "cycle.suggest", cast.cycle) for one in cast.everybody()] == [True] * 4 + [False] * 2
    with pytest.raises(SuggestionRefused):
        suggested(cast, who=cast.eve)


def test_the_door_is_the_one_that_amending_uses(cast: Cast):
    with pytest.raises(NothingChanged):
        suggested(cast, change=[{"path": "cycle.summary", "value": design_of(cast.cycle).cycle.summary}])
    with pytest.raises(AmendRefused):
        suggested(cast, change=[{"path": 'rounds["call"].blind', "value": not design_of(cast.cycle).rounds[0].blind}])
    for change in ([{"path": "cycle.nonsense", "value": 1}], [{"path": 'rounds["final"].appeal_days', "value": "soon"}]):
        with pytest.raises(GameError):
            suggested(cast, change=change)
    assert not Suggestion.objects.exists()


def test_words_are_needed_and_one_person_makes_so_many_a_day(cast: Cast):
    with pytest.raises(SuggestionInvalid):
        suggested(cast, title=" ")
    with pytest.raises(SuggestionInvalid):
        suggested(cast, why="")
    for _ in range(SUGGESTIONS_A_DAY):
        last = suggested(cast)
    with pytest.raises(TooManySuggestions):
        suggested(cast)
    Suggestion.objects.filter(pk=last.pk).update(at=now() - timedelta(days=2))
    assert suggested(cast).number == SUGGESTIONS_A_DAY + 1


def test_others_support_it_once_and_its_author_does_not(cast: Cast):
    row = suggested(cast)
    actions.support(suggestion=row, by=cast.ben.user)
    actions.support(suggestion=row, by=cast.judith.user)
    for someone in (cast.ben, cast.ada, cast.eve):
        with pytest.raises(SuggestionRefused):
            actions.support(suggestion=row, by=someone.user)
    found = with_support(Suggestion.objects.all(), [cast.ben.person.pk]).get()
    assert (found.supporters, found.supported) == (2, True)  # type: ignore[attr-defined]
    actions.support_no_more(suggestion=row, by=cast.ben.user)
    with pytest.raises(SuggestionRefused):
        actions.support_no_more(suggestion=row, by=cast.ben.user)
    assert row.supports.count() == 1


def test_a_withdrawn_one_its_author_and_organizers_read(cast: Cast):
    row = actions.withdraw(suggestion=suggested(cast), by=cast.ada.user)
    seen = [visible(one.access, "suggestion.view", Suggestion.objects.all()).exists() for one in cast.everybody()]
    assert (row.state, seen) == ("withdrawn", [True, False, False, True, False, False])
    with pytest.raises(SuggestionRefused):
        actions.accept(suggestion=row, by=cast.org.user)


# --- Deciding -------------------------------------------------------------------------------------------------------------------------


def test_a_suggestion_in_words_is_accepted_with_the_setting_that_organizers_name(cast: Cast):
    row = suggested(cast)
    with pytest.raises(SuggestionInvalid):
        actions.accept(suggestion=row, by=cast.org.user)
    row = actions.accept(suggestion=row, by=cast.org.user, answer="A week is enough.", change=APPEALS)
    assert (row.state, row.ruling, row.diff[0]["after"], row.decider) == ("accepted", APPEALS, 7, "Org")
    assert list(at_the_gate(cast.cycle)) == [row]
    row = actions.reopen(suggestion=row, by=cast.org.user)
    assert (row.state, row.ruling, row.answer) == ("open", [], "")


def test_declining_takes_a_reason(cast: Cast):
    row = suggested(cast)
    with pytest.raises(SuggestionInvalid):
        actions.decline(suggestion=row, by=cast.org.user, answer=" ")
    assert actions.decline(suggestion=row, by=cast.org.user, answer="We tried it last year.").state == "declined"
    with pytest.raises(SuggestionRefused):
        actions.support(suggestion=row, by=cast.ben.user)


def test_nothing_is_applied_in_the_middle_of_an_open_round(cast: Cast):
    actions.accept(suggestion=suggested(cast, change=APPEALS), by=cast.org.user)
    with pytest.raises(SuggestionRefused, match="open"):
        actions.apply_accepted(cast.cycle, by=cast.org.user, reason="Now.")
    actions.pass_gate(cast.final, "go", by=cast.org.user, reason="All is ready.")
    assert (at_the_gate(cast.cycle).count(), Design.objects.filter(cycle=cast.cycle).count()) == (1, 1)


def test_at_the_gate_it_becomes_the_next_version_and_its_author_is_credited(cast: Cast):
    first = actions.accept(suggestion=suggested(cast, change=APPEALS), by=cast.org.user, answer="Fair.")
    second = suggested(cast, who=cast.ben, change=SUMMARY, named=False)
    actions.accept(suggestion=second, by=cast.org.user)
    between_rounds(cast)
    passed = actions.pass_gate(cast.final, "go", by=cast.org.user, reason="On we go.")
    assert passed.passed_at is not None
    first.refresh_from_db()
    second.refresh_from_db()
    cast.cycle.refresh_from_db()
    assert (first.design_number, second.design_number, cast.cycle.design_number) == (2, 3, 3)
    assert (design_of(cast.cycle).rounds[1].appeal_days, design_of(cast.cycle).cycle.summary) == (7, "Clean water for all.")
    assert passed.design_number == 3, "the round that opens now runs under them"
    decision = first.decision
    assert decision is not None
    assert (decision.kind, decision.published_at is not None, decision.decider) == ("amend", True, "Org")
    assert decision.question == "Suggestion 1: More time to appeal, suggested by Ada (Red Herons)"
    assert decision.reason == "On we go.\n\nFair."
    hidden = Decision.objects.get(pk=second.decision_id)
    assert "Ben" not in hidden.question, "who would not be named is not"
    log = log_of(cast.cycle, frozenset({"call"}), most=10)
    assert [(one.number, credit_of(one.suggestion) if one.suggestion else None) for one in log] == [
        (3, ""),
        (2, "Ada (Red Herons)"),
        (1, None),
    ]
    assert log[1].diff == first.diff
    applied = JournalEntry.objects.filter(kind="suggestion.applied").order_by("pk")
    assert [one.payload["number"] for one in applied] == [2, 3]
    assert "appeal" not in str(list(JournalEntry.objects.values_list("payload", flat=True))), "no words in the journal"
    with pytest.raises(Conflict):
        actions.reopen(suggestion=first, by=cast.org.user)


def test_a_no_at_the_gate_leaves_them_waiting_and_a_refused_gate_applies_nothing(cast: Cast):
    actions.accept(suggestion=suggested(cast, change=APPEALS), by=cast.org.user)
    between_rounds(cast)
    with pytest.raises(Invalid):
        actions.pass_gate(cast.final, "go", by=cast.org.user, reason=" ")
    assert at_the_gate(cast.cycle).count() == 1
    actions.pass_gate(cast.final, "no_go", by=cast.org.user, reason="Not this year.")
    assert at_the_gate(cast.cycle).count() == 1


def test_what_no_longer_fits_says_why_and_waits(cast: Cast):
    row = actions.accept(suggestion=suggested(cast, change=SUMMARY), by=cast.org.user)
    gone = actions.accept(suggestion=suggested(cast, who=cast.ben, change=SUMMARY), by=cast.org.user)
    between_rounds(cast)
    assert [one.pk for one in actions.apply_accepted(cast.cycle, by=cast.org.user, reason="Between rounds.")] == [row.pk]
    gone.refresh_from_db()
    assert (gone.design_number, gone.waits, "as they are" in gone.stuck) == (None, True, True)


def test_what_became_a_rule_everybody_reads_who_sees_the_cycle(cast: Cast):
    actions.accept(suggestion=suggested(cast, change=APPEALS), by=cast.org.user)
    assert not visible(cast.visitor.access, "suggestion.view", Suggestion.objects.all()).exists()
    between_rounds(cast)
    actions.apply_accepted(cast.cycle, by=cast.org.user, reason="Between rounds.")
    assert visible(cast.visitor.access, "suggestion.view", Suggestion.objects.all()).exists()
