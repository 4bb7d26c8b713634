"""A cycle is looked back on: written from its data by a worker, said to, weighed; the next begins from it; the winner's idea goes on."""

from datetime import timedelta

import pytest

from games.cycles.actions import add_design, change_state
from games.cycles.models import Cycle, Decision
from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, ReasonMissing
from games.errors import Conflict
from games.groups.models import Group
from games.journal.actions import record, seal_pending
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.models import ChangeTest
from games.playbooks.schema import DesignRefused
from games.progression.actions import discard_draft, draft_next, launch_draft
from games.progression.drafting import draft_of
from games.progression.models import Carried
from games.recognition.models import Points
from games.retrospectives import actions
from games.retrospectives.models import Adoption, Proposal, Retrospective
from games.retrospectives.queries import proposals_of, retrospective_of, told_by_data, waiting
from games.retrospectives.rules import (
    SECTIONS,
    AdoptionRefused,
    AdoptionWay,
    RetroInvalid,
    RetroMissing,
    RetroRefused,
)
from games.submissions.models import Submission
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory
from tests.factories.retrospectives import looked_back, won
from tests.factories.suggestions import suggested
from worker.pulse import pulse
from worker.succeeding import to_write

pytestmark = pytest.mark.django_db
LATER = timedelta(days=365)


def proposal(row: Retrospective, code: str = "suggestion") -> Proposal:
    return proposals_of(row).get(code=code)


def test_it_tells_who_came_and_what_they_did_in_every_section(cast: Cast):
    Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted")
    won(cast)
    data = looked_back(cast).data
    assert set(data) == set(SECTIONS)
    assert {one["key"]: one["count"] for one in data["people"]["funnel"]} == {
        "registered": 2,
        "accepted": 2,
        "entered": 1,
        "last_round": 0,
        "placed": 2,
    }
    assert (data["people"]["judges"], data["people"]["sharing"]) == (1, 1)
    call = data["rounds"][0]
    assert (call["key"], call["field"], call["active"], call["entries"]) == ("call", 2, 1, 1)
    assert (data["ideas"]["shared"], data["ideas"]["sources"], data["aim"]["target"]) == (1, 0, "250")


def test_it_tells_what_each_rule_gave_and_whether_more_was_done_after_it_changed(cast: Cast):
    rule = {"key": "shared", "name": "Shared", "event": "idea.shared", "points": 5}
    unused = {"key": "sung", "name": "A song sung", "event": "story.told", "points": 9}
    cycle, now = CycleFactory(design=small_design(rules=[rule, unused])), db_now()
    group, other = GroupFactory(cycle=cycle, key="a"), GroupFactory(cycle=cycle, key="b")
    for seal, (who, amount) in enumerate(((group, 30), (group, 20), (other, 6)), 1):
        Points.objects.create(cycle=cycle, seal=seal, rule="shared", design_number=1, group=who, amount=amount, at=now)
        record(Kind.IDEA_SHARED, cycle_id=cycle.pk, group_id=who.pk, subject=f"idea:{seal}", at=now - timedelta(days=seal * 7))
    DesignRow.objects.filter(cycle=cycle).update(created_at=now - timedelta(days=28))
    changed = add_design(cycle, small_design(rules=[rule | {"points": 9}, unused]), by=None)
    DesignRow.objects.filter(pk=changed.pk).update(created_at=now - timedelta(days=10))
    cycle.refresh_from_db()
    data = told_by_data(cycle, now)["rules"]
    shared, sung = data["rows"]
    assert (shared["points"], shared["teams"], shared["acts"], data["total"]) == (56, 2, 3, 56)
    assert (shared["before"], shared["after"]) == ("0.39", "0.35")  # 2 acts of 2 teams in 18 days, 1 in 10
    assert (sung["points"], sung["acts"], sung["before"]) == (0, 0, "")


def test_it_names_nobody(cast: Cast):
    won(cast)
    text = str(looked_back(cast).data)
    for name in ("Ada", "Ben", "Judith", "Herons", "saris"):
        assert name not in text


def test_more_teams_take_no_more_statements(cast: Cast, django_assert_max_num_queries):
    for number in range(30):
        group = GroupFactory(cycle=cast.cycle, key=f"t{number}")
        Submission.objects.create(challenge=cast.concept, group=group, state="submitted")
    with django_assert_max_num_queries(40):
        told_by_data(cast.cycle, db_now())


def test_a_cycle_that_closes_is_looked_back_on_by_itself(cast: Cast):
    change_state(cast.cycle, CycleState.CLOSED, by=cast.org.user, reason="It was good.")
    pulse()
    row = retrospective_of(cast.cycle)
    assert (row.state, to_write()) == ("wanted", [row.pk])
    assert actions.look_back(row.pk)
    assert not actions.look_back(row.pk)
    assert (retrospective_of(cast.cycle).state, to_write()) == ("ready", [])


def test_one_worker_writes_it_and_another_may_when_it_died(cast: Cast):
    row = actions.ask(cast.cycle)
    Retrospective.objects.filter(pk=row.pk).update(held_until=db_now() + timedelta(minutes=1))
    assert not actions.look_back(row.pk)
    assert waiting(db_now()) == []
    Retrospective.objects.filter(pk=row.pk).update(held_until=db_now() - timedelta(minutes=1))
    assert waiting(db_now()) == [row.pk]
    assert actions.look_back(row.pk)


def test_what_cannot_be_worked_out_is_tried_again_and_then_says_so(cast: Cast, monkeypatch, caplog):
    row = actions.ask(cast.cycle)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("games.retrospectives.actions.looking.told_by_data", broken)
    for state in ("wanted", "wanted", "failed"):
        Retrospective.objects.filter(pk=row.pk).update(held_until=None)
        assert not actions.look_back(row.pk)
        row.refresh_from_db()
        assert row.state == state
    assert "could not be written" in caplog.text
    assert "log" in row.error


def test_a_draft_and_a_dry_run_have_nothing_to_look_back_on(cast: Cast):
    with pytest.raises(RetroMissing):
        retrospective_of(cast.cycle)
    with pytest.raises(RetroRefused, match="draft"):
        actions.ask(draft_next(cast.cycle, by=cast.org.user))
    Cycle.objects.filter(pk=cast.cycle.pk).update(rehearsal=True)
    cast.cycle.refresh_from_db()
    with pytest.raises(RetroRefused, match="dry run"):
        actions.ask(cast.cycle)


def test_words_and_decisions_stay_when_it_is_written_again(cast: Cast):
    suggested(cast, change=[{"path": 'rounds["final"].appeal_days', "value": 7}])
    row = looked_back(cast)
    actions.say(cast.cycle, "people", " The flood kept many away. ", by=cast.org.user)
    actions.take(proposal(row), by=cast.org.user, reason="Fair.")
    again = looked_back(cast)
    assert again.pk == row.pk
    assert again.words.get().text == "The flood kept many away."
    assert (proposal(again).state, proposal(again).number) == ("taken", proposal(row).number)
    actions.say(cast.cycle, "people", "  ", by=cast.org.user)
    assert not again.words.exists()
    with pytest.raises(RetroInvalid):
        actions.say(cast.cycle, "weather", "Rain.", by=cast.org.user)


def test_what_no_longer_holds_is_no_longer_proposed_unless_it_was_decided(cast: Cast):
    one, other = (suggested(cast, title=title) for title in ("More time", "Less noise"))
    row = looked_back(cast)
    actions.leave(proposals_of(row).get(about=str(other.number)), by=cast.org.user, reason="It is quiet enough.")
    type(one).objects.filter(pk__in=[one.pk, other.pk]).update(state="withdrawn")
    looked_back(cast)
    assert list(proposals_of(row).filter(code="suggestion").values_list("about", "state")) == [(str(other.number), "left")]


def test_a_proposal_is_decided_once_and_may_be_thought_of_again(cast: Cast):
    suggested(cast)
    one = proposal(looked_back(cast))
    with pytest.raises(RetroInvalid, match="why"):
        actions.leave(one, by=cast.org.user, reason=" ")
    actions.take(one, by=cast.org.user)
    with pytest.raises(RetroRefused, match="taken before"):
        actions.leave(one, by=cast.org.user, reason="No.")
    actions.reconsider(one, by=cast.org.user)
    with pytest.raises(RetroRefused, match="open"):
        actions.reconsider(one, by=cast.org.user)
    states = JournalEntry.objects.filter(kind=Kind.PROPOSAL_DECIDED.value).order_by("pk").values_list("payload__state", flat=True)
    assert list(states) == ["taken", "open"]


def test_the_next_cycle_begins_with_what_was_taken_and_what_comes_along(cast: Cast):
    suggested(cast, change=[{"path": 'rounds["final"].appeal_days', "value": 7}])
    suggested(cast, title="Another", change=[{"path": "cycle.summary", "value": "Drier."}], who=cast.ben)
    ChangeTest.objects.create(cycle=cast.cycle, number=1, group=cast.red, title="Two taps", prediction="Half the queue.")
    row = looked_back(cast)
    for one in proposals_of(row).filter(code="suggestion"):
        actions.take(one, by=cast.org.user)
    actions.leave(proposal(row, "untried"), by=cast.org.user, reason="I say so below.")
    start = db_now() + LATER
    draft, stuck = actions.begin_next(cast.cycle, by=cast.org.user, start=start, carry={"commitments": True, "judges": False})
    assert stuck == []
    assert (draft.state, draft.predecessor, draft_of(draft).carry) == ("draft", cast.cycle, ["teams"])
    with pytest.raises(RetroRefused, match="begun already"):
        actions.begin_next(cast.cycle, by=cast.org.user)
    with pytest.raises(RetroRefused, match="change its rules there"):
        actions.reconsider(proposals_of(row).filter(state="taken")[0], by=cast.org.user)
    after = launch_draft(draft, by=cast.org.user)
    design = design_of(after)
    assert (design.round("final").appeal_days, design.cycle.summary, design.carry.commitments) == (7, "Drier.", True)
    assert abs(design.round("call").opens - start) < timedelta(days=1)
    assert list(Carried.objects.filter(cycle=after).values_list("group__key", "name")) == [("red", "Two taps")]
    assert ChangeTest.objects.get(cycle=after).prediction == "Half the queue."
    assert set(Group.objects.filter(cycle=after).values_list("key", flat=True)) == {"red", "blue"}


def test_what_does_not_fit_is_told_and_left_out(cast: Cast):
    row = looked_back(cast)
    change = [{"path": 'rounds["final"].appeal_days', "value": "soon"}]
    one = Proposal.objects.create(retrospective=row, number=90, section="rules", code="x", change=change)
    actions.take(one, by=cast.org.user)
    _draft, stuck = actions.begin_next(cast.cycle, by=cast.org.user)
    assert stuck == [one]


def test_a_draft_thrown_away_may_be_begun_again(cast: Cast):
    looked_back(cast)
    draft, _ = actions.begin_next(cast.cycle, by=cast.org.user)
    discard_draft(draft, by=cast.org.user)
    again, _ = actions.begin_next(cast.cycle, by=cast.org.user)
    assert again.state == "draft"


def test_what_cannot_come_along_is_refused_and_nothing_begins(cast: Cast):
    looked_back(cast)
    with pytest.raises(DesignRefused):
        actions.begin_next(cast.cycle, by=cast.org.user, carry={"points": 3})
    assert not Cycle.objects.filter(predecessor=cast.cycle).exists()


def test_teams_of_the_next_cycle_begin_with_a_test_of_the_winners_idea(cast: Cast):
    idea = won(cast)
    looked_back(cast)
    words = {"reason": "It held back most germs.", "prediction": "Half as many fall ill."}
    adopted = actions.adopt(idea, AdoptionWay.TEST, by=cast.org.user, **words)
    decision = Decision.objects.get(pk=adopted.decision_id)
    assert (decision.kind, decision.value, decision.group, decision.published_at is not None) == ("adopt", "test", "red", True)
    with pytest.raises(AdoptionRefused, match="decided before"):
        actions.adopt(idea, AdoptionWay.NEITHER, by=cast.org.user, reason="No.")
    draft, _ = actions.begin_next(cast.cycle, by=cast.org.user)
    after = launch_draft(draft, by=cast.org.user)
    seal_pending()
    pulse()
    test = ChangeTest.objects.get(cycle=after)
    assert (test.group.key, test.title, test.prediction, test.state) == ("blue", idea.title, words["prediction"], "planned")
    assert actions.plan_adopted(after) == 0
    assert Adoption.objects.get().draft == after
    late = GroupFactory(cycle=after, key="late", name="Late")
    record(Kind.GROUP_SETTLED, cycle_id=after.pk, by=None, group_id=late.pk, subject=f"group:{late.pk}", payload={"state": "in"})
    seal_pending()
    pulse()
    assert [one.group.key for one in ChangeTest.objects.filter(cycle=after).order_by("number")] == ["blue", "late"]


def test_a_new_cycle_starts_from_the_winners_idea(cast: Cast):
    idea = won(cast)
    row = actions.adopt(idea, AdoptionWay.START, by=cast.org.user, reason="Spread it.", playbook="gamification-season")
    assert row.draft is not None
    written = draft_of(row.draft).data
    assert (row.draft.predecessor, written["cycle"]["name"]) == (cast.cycle, idea.title)
    assert written["aim"]["statement"].startswith(idea.title)
    assert draft_of(row.draft).carry == ["judges", "teams"]


def test_only_a_winners_idea_goes_on_and_only_for_a_reason(cast: Cast):
    idea = won(cast)
    cases = [
        ({"reason": ""}, ReasonMissing),
        ({"reason": "Yes.", "prediction": ""}, RetroInvalid),
    ]
    for words, refused in cases:
        with pytest.raises(refused):
            actions.adopt(idea, AdoptionWay.TEST, by=cast.org.user, **words)
    type(idea).objects.filter(pk=idea.pk).update(group=cast.blue)
    idea.refresh_from_db()
    with pytest.raises(Conflict, match="came first"):
        actions.adopt(idea, AdoptionWay.NEITHER, by=cast.org.user, reason="Yes.")
    assert not Decision.objects.filter(kind="adopt").exists()


def test_it_is_published_once_written_and_taken_back(cast: Cast):
    actions.ask(cast.cycle)
    with pytest.raises(RetroRefused, match="not written"):
        actions.publish(cast.cycle, by=cast.org.user)
    looked_back(cast)
    assert actions.publish(cast.cycle, by=cast.org.user).published_at is not None
    with pytest.raises(RetroRefused):
        actions.publish(cast.cycle, by=cast.org.user)
    assert actions.unpublish(cast.cycle, by=cast.org.user).published_at is None
