"""Office hours and peers go out with a cycle for its organizers, and come in as they were; faults are named with row and column."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now

from games.bundles.actions import export_cycle, export_files, import_path
from games.bundles.queries.cycle import bundle_of
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.challenges.models import Challenge
from games.coaching.models import Booking, SessionNote, Slot
from games.cycles.models import Cycle
from games.peers.models import PeerAsk, PeerOptOut
from tests.cast import actor
from tests.factories.changes import Told, told
from tests.factories.groups import MembershipFactory
from tests.games.bundles.conftest import Build
from tests.games.bundles.test_suggested import FILES

pytestmark = pytest.mark.django_db
TABLES = ("slots", "bookings", "session_notes", "peers", "peers_aside")
DAY = "2026-03-01T10:00:00Z"
PEOPLE = "person,name,role\nx,Xenia,organizer\n"
SLOTS = "number,expert,starts,ends,seats,offered\n"
BOOKINGS = "number,slot,group,question,counts,booked,cancelled,outcome\n"
PEERS = "number,group,other,words,state,at\n"


@pytest.fixture
def story() -> Told:
    """A slot booked, one given back; a note shared and one kept; peers, one that declined; one that stands aside."""
    found = told()
    cycle, groups = Cycle.objects.get(pk=found.played.cycle.pk), found.played.groups
    aqua, brook = groups["aqua"], groups["brook"]
    task = Challenge.objects.filter(round__cycle=cycle).select_related("round").order_by("pk")[0]
    xenia = actor("xenia").person
    MembershipFactory(cycle=cycle, group=None, person=xenia, role="follower", capabilities=["advise"])
    at = now()
    slots = [
        Slot.objects.create(
            cycle=cycle,
            number=n,
            expert=xenia,
            starts_at=at,
            ends_at=at + timedelta(minutes=20),
            seats=n,
            offered_at=at,
            place="Aula",
        )
        for n in (1, 2)
    ]
    common: dict[str, Any] = {"cycle": cycle, "question": 'How,\n"so"?', "booked_at": at}
    booking = Booking.objects.create(slot=slots[0], group=aqua, outcome="held", outcome_at=at, **common)
    Booking.objects.create(slot=slots[1], group=aqua, counts=False, cancelled_at=at, round=task.round, **common)
    Booking.objects.create(slot=slots[1], group=brook, **common)
    Slot.objects.update(taken=1)
    SessionNote.objects.create(booking=booking, author=xenia, text="Ask the harbour.", shared=True, at=at)
    SessionNote.objects.create(booking=booking, author=xenia, text="They quarrel secretly.", at=at)
    asks = {"cycle": cycle, "asker": aqua, "asked": brook, "words": "How?", "asked_at": at}
    PeerAsk.objects.create(number=1, state="declined", answer="No time.", answered_at=at, **asks)
    PeerAsk.objects.create(number=2, state="accepted", reason="They rose.", challenge=task, **asks)
    PeerOptOut.objects.create(group=brook, at=at)
    return found


def test_they_go_out_and_come_in_as_they_were(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    before, after = bundle_of(cycle).tables, bundle_of(copy).tables
    for name in TABLES:
        assert getattr(after, name) == getattr(before, name) == getattr(read_bundle(tmp_path / "out.zip").tables, name), name
    assert [len(getattr(after, name).rows) for name in TABLES] == [2, 3, 1, 2, 1]
    assert list(Slot.objects.filter(cycle=copy).order_by("number").values_list("taken", "expert__name")) == [(1, "Xenia")] * 2
    assert b"secretly" not in (tmp_path / "out.zip").read_bytes()
    assert not SessionNote.objects.filter(booking__cycle=copy, text__contains="secretly").exists()


@pytest.mark.parametrize("audience", ["public", "judges"])
def test_only_organizers_get_them(story: Told, audience: str) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    files = dict(export_files(cycle, audience=audience))
    assert not {f"{name}.csv" for name in TABLES} & set(files)


@pytest.mark.parametrize(
    ("files", "column", "words"),
    [
        ({"slots.csv": SLOTS + f"1,nobody,{DAY},2026-03-01T11:00:00Z,1,{DAY}\n"}, "expert", "not in people.csv"),
        ({"slots.csv": SLOTS + f"1,x,{DAY},{DAY},1,{DAY}\n"}, "ends", "after it starts"),
        ({"bookings.csv": BOOKINGS + f"1,9,a,How?,yes,{DAY},,\n"}, "slot", "not in slots.csv"),
        ({"bookings.csv": BOOKINGS + f"1,1,z,How?,yes,{DAY},,\n"}, "group", "not in groups.csv"),
        ({"bookings.csv": BOOKINGS + f"1,1,a,How?,yes,{DAY},,\n2,1,b,How?,yes,{DAY},,\n"}, "slot", "more bookings than"),
        ({"bookings.csv": BOOKINGS + f"1,1,a,How?,yes,{DAY},{DAY},held\n"}, "outcome", "cancelled"),
        ({"session_notes.csv": f"booking,text,at\n4,So.,{DAY}\n"}, "booking", "not in bookings.csv"),
        ({"peers.csv": PEERS + f"1,a,a,How?,asked,{DAY}\n"}, "other", "itself"),
        ({"peers.csv": PEERS + f"1,a,b,How?,asked,{DAY}\n2,a,b,How?,accepted,{DAY}\n"}, "other", "asked already"),
        ({"peers_aside.csv": f"group,at\nz,{DAY}\n"}, "group", "not in groups.csv"),
    ],
)
def test_faults_are_named_with_row_and_column(build: Build, files: dict[str, str], column: str, words: str) -> None:
    whole = {"people.csv": PEOPLE, "slots.csv": SLOTS + f"1,x,{DAY},2026-03-01T11:00:00Z,1,{DAY}\n"} | files
    with pytest.raises(BundleRefused) as refused:
        import_path(build(FILES | whole))
    told_ = [str(one) for one in refused.value.problems]
    assert any(f"column {column}" in one and words in one for one in told_), told_
