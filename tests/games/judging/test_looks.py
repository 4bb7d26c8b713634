"""Nothing counts before a human has looked: far marks and open deliberations hold publication back, unless a decision says otherwise."""

from typing import Any

import pytest

from games.cycles.models import Decision
from games.errors import GameError
from games.judging import actions
from games.judging.actions.deliberating import close_deliberation, open_deliberation
from games.judging.actions.reviewing import Far, answer_review, ask_reviews
from games.judging.models import MarkReview, Sheet
from games.judging.queries.looks import waits_in
from games.judging.rules import Given
from games.judging.rules.talking import LooksMissing
from games.progression import actions as steering
from games.results.actions import request_settle
from games.results.models import RecomputeRun
from games.rounds.models import Round
from games.rounds.rules import RoundRefused
from tests.factories.judging import MARKS, judge, locked_scene, people, sheet_for
from tests.factories.submissions import Scene
from worker.steps import settle_now

pytestmark = pytest.mark.django_db
API = "/api/v1"


def marked(call: Scene, name: str = "Judith", group: int = 0, marks: Any = MARKS) -> Sheet:
    sheet = sheet_for(call, judge(call, name), call.groups[group])
    return actions.finalize(sheet=sheet, by=None, marks=marks)


def far(call: Scene, sheet: Sheet, criterion: str = "impact", distance: int = 310) -> MarkReview:
    ask_reviews(challenge_id=call.challenge.pk, panel="jury", found=[Far(sheet.pk, criterion, distance)])
    return MarkReview.objects.get(state="open")


def test_nothing_is_published_while_a_far_mark_or_a_talk_waits() -> None:
    call = locked_scene()
    sheet = marked(call)
    review = far(call, sheet)
    talk = open_deliberation(challenge=call.challenge, panel="jury", group=call.group, why="Far apart.", by=None)
    for act in (
        lambda: request_settle(call.round, by=None, publish=True),
        lambda: steering.publish_round(call.round, by=None),
    ):
        with pytest.raises(LooksMissing, match=r'"Team 1", criterion "impact": Judith marked 3\.1 deviations above') as refused:
            act()
        assert [(one.where, one.code) for one in refused.value.problems] == [("essay.team-1", "looks_missing")] * 2
    assert request_settle(call.round, by=None).publish is False
    answer_review(review=review, changed=False, answer="She saw it.", by=None)
    with pytest.raises(LooksMissing, match="a deliberation is open"):
        steering.publish_round(call.round, by=None)
    close_deliberation(deliberation=talk, outcome="It stands.", by=None)
    assert steering.publish_round(call.round, by=None).published_at


def test_a_decision_covers_what_waits_now_and_nothing_that_comes_later() -> None:
    call = locked_scene(groups=2)
    sheet, other = marked(call), marked(call, "Jo", group=1)
    with pytest.raises(RoundRefused, match="nothing waits"):
        steering.waive_looks(call.round, by=None, reason="In advance")
    far(call, sheet)
    with pytest.raises(GameError):
        steering.waive_looks(call.round, by=None, reason=" ")
    steering.waive_looks(call.round, by=None, reason="The jury cannot meet again.")
    steering.waive_looks(call.round, by=None, reason="Again")
    decision = Decision.objects.get(kind="override")
    assert (decision.round, decision.value, decision.reason) == ("call", "looks", "The jury cannot meet again.")
    assert decision.published_at is not None
    assert waits_in(call.round).waived
    both = [Far(sheet.pk, "impact", 310), Far(other.pk, "novelty", -270)]
    ask_reviews(challenge_id=call.challenge.pk, panel="jury", found=both)
    with pytest.raises(LooksMissing):
        steering.publish_round(call.round, by=None)
    steering.waive_looks(call.round, by=None, reason="This one too.")
    assert steering.publish_round(call.round, by=None).published_at


def test_a_mark_that_no_longer_counts_waits_for_nobody() -> None:
    call = locked_scene()
    sheet = marked(call)
    far(call, sheet)
    actions.reopen(sheet=sheet, by=None, reason="A slip.")
    assert waits_in(call.round).all == ()


def test_what_the_publishing_run_itself_finds_far_off_stops_it_before_anything_is_shown() -> None:
    call = locked_scene(groups=8)
    judges = [judge(call, name) for name in ("Ada", "Bo", "Cy", "Di")]
    for number, group in enumerate(call.groups):
        for at, someone in enumerate(judges):
            value = 1 if (number, at) == (0, 0) else 5 if number == 0 else 2 + (number + at) % 2
            given = [Given("impact", value), Given("novelty", value)]
            actions.finalize(sheet=sheet_for(call, someone, group), by=None, marks=given)
    with pytest.raises(GameError, match="a human looks first"):
        settle_now(call.round, by=None)
    run = RecomputeRun.objects.get()
    assert (run.state, run.step) == ("failed", "standings")
    assert Round.objects.get().published_at is None
    assert {one.judge.name for one in waits_in(call.round).marks if one.judge} == {"Ada"}
    steering.waive_looks(call.round, by=None, reason="Ada saw it.")
    assert settle_now(call.round, by=None).state == "done"
    assert Round.objects.get().published_at is not None


def test_a_dry_run_waits_for_nobody() -> None:
    call = locked_scene()
    far(call, marked(call))
    call.cycle.rehearsal = True
    call.cycle.save(update_fields=["rehearsal"])
    round_ = Round.objects.select_related("cycle").get()
    assert steering.publish_round(round_, by=None).published_at


@pytest.mark.outsider("round-looks", "round-waive-looks")
def test_organizers_read_what_waits_and_may_decide_to_go_on() -> None:
    call = locked_scene()
    found = people(call)
    sheet = actions.finalize(sheet=sheet_for(call, found.judith.person), by=None, marks=MARKS)
    review = far(call, sheet, distance=-310)
    path = f"{API}/rounds/{call.round.pk}"
    state = found.org.api.get(f"{path}/looks").json()
    assert state == {
        "waived": False,
        "missing": [
            {
                "challenge": "essay",
                "group": "team-1",
                "criterion": "impact",
                "judge": found.judith.person.pk,
                "distance": -310,
                "review": review.pk,
                "deliberation": None,
            }
        ],
    }
    refused = found.org.api.post(f"{path}/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "looks_missing")
    for someone in (found.ada, found.judith, found.eve):
        assert someone.api.get(f"{path}/looks").status_code in {403, 404}
        assert someone.api.post(f"{path}/looks/waive", {"reason": "x"}).status_code in {403, 404}
    assert found.org.api.post(f"{path}/looks/waive", {"reason": "They stand."}).json()["waived"] is True
    assert found.org.api.post(f"{path}/publish", {}).status_code == 202
