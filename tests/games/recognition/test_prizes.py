"""Prizes on their way: declined and passed on, proven by words or a file, coaching beside the quota until its sessions took place."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils.timezone import now

from games.coaching.actions import cancel, move, settle
from games.coaching.models import Booking, Slot
from games.coaching.queries import used_by
from games.coaching.rules import OfficeHoursRefused, Outcome
from games.cycles.actions import add_design, record_decision, revoke_decision
from games.cycles.models import Decision
from games.cycles.rules import DecisionKind
from games.ideas.models import Derivation, Idea
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.playbooks.files import FileRefused
from games.playbooks.schema import parse_design
from games.recognition.actions import book_prize, decline, deliver, follow_session, give_grant, replay_points, swap_points, verify
from games.recognition.models import Grant, GrantPass
from games.recognition.queries import sessions_used
from games.recognition.rules import GrantRefused, PrizeUsed
from tests.cast import Cast
from tests.factories.results import WATER, Played, judge_final, water
from worker.awarding import deliver_coaching, pass_on
from worker.steps import catch_up, settle_now

pytestmark = pytest.mark.django_db

AWARDS: list[dict[str, Any]] = [
    {"key": "gold", "set": "medals", "pass_on": True, "places": [1, 1]},
    {"key": "silver", "set": "medals", "pass_on": True, "places": [2, 2]},
    {"key": "money", "kind": "money", "pass_on": True, "amounts": [500000, 250000]},
    {"key": "talk", "kind": "coaching", "sessions": 2, "places": [1, 1]},
]


@pytest.fixture
def out() -> Played:
    """Both rounds published: aqua before brook before delta before estuary."""
    hours = {"quota": 1, "cancel_hours": 24}
    roles = [
        {"key": "expert", "capabilities": ["advise"]},
        {"key": "organizer", "capabilities": ["organize"]},
        {"key": "captain", "capabilities": ["captain", "submit"]},
    ]
    played = water(awards=AWARDS, office_hours=hours, roles=roles)
    settle_now(played.rounds["call"], by=None)
    judge_final(played)
    settle_now(played.rounds["final"], by=None)
    return played


def won(award: str) -> dict[str, tuple[str, int | None]]:
    rows = Grant.objects.filter(award=award, group__isnull=False).order_by("pk")
    return {one.group.key: (one.state, one.amount_cents) for one in rows if one.group}


def react(kind: str = "decision.recorded") -> None:
    """What a worker does after the last act of this kind."""
    entry = JournalEntry.objects.filter(kind=kind).latest("pk")
    (pass_on if kind == "decision.recorded" else deliver_coaching)(entry)


def granted(award: str, group: str) -> Grant:
    return give_grant(verify(Grant.objects.get(award=award, group__key=group), by=None), by=None)


def test_what_is_declined_rolls_down_and_the_sum_stays_to_the_cent(out: Played) -> None:
    assert won("money") == {"aqua": ("nominated", 500000), "brook": ("nominated", 250000)}
    decline(verify(Grant.objects.get(award="money", group__key="aqua"), by=None), by=None, reason="Our statutes forbid it.")
    react()
    assert won("money") == {"aqua": ("declined", 500000), "brook": ("nominated", 500000), "delta": ("nominated", 250000)}
    assert [(one.group.key, one.place, one.why) for one in GrantPass.objects.filter(award="money")] == [("aqua", "1", "declined")]
    assert won("gold") == {"aqua": ("nominated", None)}, "only what was declined, and its set, moves"


def test_the_next_one_may_decline_too_and_everybody_behind_moves_up(out: Played) -> None:
    for group in ("aqua", "brook"):
        decline(verify(Grant.objects.get(award="gold", group__key=group), by=None), by=None, reason="No.")
        react()
    assert won("gold") == {"aqua": ("declined", None), "brook": ("declined", None), "delta": ("nominated", None)}
    assert [group for group, (state, _) in won("silver").items() if state == "nominated"] == ["estuary"]
    assert set(GrantPass.objects.filter(award="gold").values_list("group__key", flat=True)) == {"aqua", "brook"}


def test_what_was_given_stays_until_people_move_it_and_the_difference_is_told(out: Played) -> None:
    granted("silver", "brook")
    decline(granted("gold", "aqua"), by=None, reason="No.")
    react()
    assert won("gold")["brook"] == ("nominated", None)
    assert won("silver") == {"brook": ("granted", None), "delta": ("nominated", None)}
    assert JournalEntry.objects.filter(kind="grant.changed", payload__differs=True).count() == 1


def test_the_record_tells_the_decision_without_the_reason_and_only_once_the_award_is_given(out: Played) -> None:
    decline(verify(Grant.objects.get(award="gold", group__key="aqua"), by=None), by=None, reason="A private matter.")
    decision = Decision.objects.get(kind="forgo")
    assert (decision.group, decision.value, decision.published_at) == ("aqua", "gold", None)
    assert "private" not in decision.reason
    react()
    granted("gold", "brook")
    decision.refresh_from_db()
    assert decision.published_at is not None


def test_organizers_may_pass_a_group_by_and_take_that_back(out: Played) -> None:
    decision = record_decision(
        out.cycle, DecisionKind.FORGO, by=None, group="aqua", value="gold", reason="Works for the sponsor: out of the prizes."
    )
    react()
    assert won("gold") == {"brook": ("nominated", None)}
    revoke_decision(decision, by=None, reason="They do not.")
    react()
    assert won("gold") == {"aqua": ("nominated", None)}
    assert not GrantPass.objects.filter(award="gold").exists()


BUSY: list[dict[str, Any]] = [{"key": "busy", "board": "busy", "pass_on": True, "places": [1, 1]}]


def test_a_prize_for_points_rolls_down_along_the_board_that_was_published() -> None:
    """Points go on after the publication, and other rules were put in force: neither moves who comes next."""
    rules = [{"key": "entry", "event": "submission.received", "points": 10}]
    out = water(awards=BUSY, rules=rules, boards=[*WATER["boards"], {"key": "busy", "source": "points", "ranked": "enrolled"}])
    for number, group in enumerate(["aqua", "aqua", "aqua", "brook", "brook", "cloud"]):
        entered(out, group, number)
    settle_now(out.rounds["call"], by=None)
    judge_final(out)
    settle_now(out.rounds["final"], by=None)
    assert won("busy") == {"aqua": ("nominated", None)}
    for number in range(9):
        entered(out, "cloud", 10 + number)
    catch_up(out.cycle)
    add_design(out.cycle, parse_design(out.design.data() | {"rules": [rules[0] | {"points": 1, "cap_cycle": 2}]}), by=None)
    cycle = type(out.cycle).objects.get(pk=out.cycle.pk)
    swap_points(cycle, generation=replay_points(cycle).generation, by=None)
    catch_up(cycle)
    decline(verify(Grant.objects.get(award="busy"), by=None), by=None, reason="No.")
    react()
    assert won("busy") == {"aqua": ("declined", None), "brook": ("nominated", None)}


def entered(out: Played, group: str, number: int) -> None:
    record(Kind.SUBMISSION_RECEIVED, cycle_id=out.cycle.pk, group_id=out.groups[group].pk, subject=f"submission:{number + 1000}")


def test_a_prize_for_being_built_upon_most_is_won_on_the_board_of_originators() -> None:
    rules = [{"key": "idea", "event": "idea.shared", "points": 100, "flows": True}]
    boards = [*WATER["boards"], {"key": "origins", "source": "credit", "ranked": "enrolled"}]
    out = water(awards=[{"key": "origins", "board": "origins", "places": [1, 1]}], rules=rules, boards=boards)
    source = told(out, "brook", 1)
    for number, group in enumerate(["aqua", "cloud"], 2):
        told(out, group, number, source)
    settle_now(out.rounds["call"], by=None)
    judge_final(out)
    settle_now(out.rounds["final"], by=None)
    assert won("origins") == {"brook": ("nominated", None)}, "aqua leads by its marks"


def told(out: Played, group: str, number: int, *sources: Idea) -> Idea:
    common: dict[str, Any] = {"kind": "tactic", "audience": "everybody", "shared_at": now()}
    idea = Idea.objects.create(cycle=out.cycle, number=number, title=f"Idea {number}", group=out.groups[group], **common)
    for one in sources:
        Derivation.objects.create(target=idea, source=one, kind="builds-on", at=now())
    payload = {"idea": number, "version": 1}
    where = {"cycle_id": out.cycle.pk, "group_id": out.groups[group].pk, "subject": f"idea:{idea.pk}"}
    record(Kind.IDEA_SHARED, payload=payload, **where)
    return idea


def test_an_unpublished_cycle_nominates_nobody() -> None:
    played = water(awards=AWARDS)
    record_decision(played.cycle, DecisionKind.FORGO, by=None, group="aqua", value="gold", reason="No.")
    react()
    assert not Grant.objects.exists()


def test_a_grant_is_declined_once(out: Played) -> None:
    grant = verify(Grant.objects.get(award="gold"), by=None)
    decline(grant, by=None, reason="No.")
    with pytest.raises(GrantRefused):
        decline(grant, by=None, reason="No.")
    assert Decision.objects.filter(kind="forgo").count() == 1


def test_a_file_proves_a_delivery_and_a_disguised_one_does_not(out: Played, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    grant = granted("money", "aqua")
    with pytest.raises(FileRefused):
        deliver(grant, by=None, file=ContentFile(b"MZ\x90\x00", name="receipt.pdf"))
    grant = deliver(grant, by=None, file=ContentFile(b"Paid on 3 May.", name="../re ceipt.txt"))
    grant.refresh_from_db()
    assert (grant.state, grant.proof_name) == ("delivered", "re ceipt.txt")
    assert grant.proof_file.read() == b"Paid on 3 May."


# --- Coaching -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def slots(out: Played, cast: Cast) -> list[Slot]:
    from tests.factories.groups import MembershipFactory

    MembershipFactory(cycle=out.cycle, group=None, person=cast.judith.person, role="expert", capabilities=["advise"])
    start = now() + timedelta(days=3)
    spans = [(start + timedelta(hours=n), start + timedelta(hours=n, minutes=30)) for n in range(4)]
    return made(out, cast, spans)


def made(out: Played, cast: Cast, spans: list[Any]) -> list[Slot]:
    return [
        Slot.objects.create(
            cycle=out.cycle, number=n, expert=cast.judith.person, starts_at=starts, ends_at=ends, offered_at=now()
        )
        for n, (starts, ends) in enumerate(spans, start=1)
    ]


def test_sessions_of_a_prize_are_booked_beside_the_quota_and_no_more_than_it_is_worth(out: Played, slots: list[Slot]) -> None:
    from games.coaching.actions import book
    from games.coaching.rules import OverQuota

    grant, aqua = granted("talk", "aqua"), out.groups["aqua"]
    book(slots[0], group=aqua, question="Ours.", by=None)
    with pytest.raises(OverQuota):
        book(slots[1], group=aqua, question="One more.", by=None)
    first = book_prize(grant, slot=slots[1], question="From the prize.", by=None)
    book_prize(grant, slot=slots[2], question="And again.", by=None)
    assert used_by(aqua, None) == 1
    with pytest.raises(PrizeUsed, match="All sessions"):
        book_prize(grant, slot=slots[3], question="A third.", by=None)
    with pytest.raises(OfficeHoursRefused, match="from a prize"):
        move(first, slot=slots[3], by=None)
    cancel(first, by=None)
    assert sessions_used([grant.pk]) == {grant.pk: 1}
    book_prize(grant, slot=slots[3], question="Instead.", by=None)


def test_coaching_is_delivered_when_its_sessions_took_place(out: Played, slots: list[Slot]) -> None:
    grant = granted("talk", "aqua")
    booked = [book_prize(grant, slot=slot, question="How?", by=None) for slot in slots[:2]]
    Slot.objects.update(starts_at=now() - timedelta(hours=2), ends_at=now() - timedelta(hours=1))
    settle(booked[0], outcome=Outcome.HELD, by=None)
    react("session.settled")
    grant.refresh_from_db()
    assert grant.state == "granted"
    settle(Booking.objects.get(pk=booked[1].pk), outcome=Outcome.HELD, by=None)
    react("session.settled")
    react("session.settled")
    grant.refresh_from_db()
    assert grant.state == "delivered"
    assert grant.proof.startswith("Sessions held: ")
    assert follow_session(booked[0]) is None


def test_what_is_not_granted_or_no_coaching_books_nothing(out: Played, slots: list[Slot]) -> None:
    for grant in (Grant.objects.get(award="talk"), granted("gold", "aqua")):
        with pytest.raises(PrizeUsed, match="no sessions"):
            book_prize(grant, slot=slots[0], question="?", by=None)


def test_what_was_passed_on_comes_along_in_a_bundle(out: Played, tmp_path: Any) -> None:
    from games.bundles.actions import export_cycle, import_path

    decline(verify(Grant.objects.get(award="money", group__key="aqua"), by=None), by=None, reason="No.")
    react()
    export_cycle(out.cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    rows = Grant.objects.filter(cycle=copy, award="money").values_list("group__key", "amount_cents", "state")
    assert sorted(rows) == [("aqua", 500000, "declined"), ("brook", 500000, "nominated"), ("delta", 250000, "nominated")]
    assert list(GrantPass.objects.filter(cycle=copy).values_list("award", "group__key", "why")) == [("money", "aqua", "declined")]
    assert Grant.objects.get(cycle=copy, award="talk").sessions == 2
