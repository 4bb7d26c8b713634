"""Peers: the asked team hears who asks and why, the asking one what the answer is."""

from games.journal.models import JournalEntry
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import members_of
from games.peers.models import PeerAsk
from games.peers.rules import PeerState


def on_peer_asked(entry: JournalEntry) -> int:
    """To the asked team, as long as the ask stands."""
    ask = subject_of(entry, PeerAsk, "asker", "asked", "cycle")
    if ask is None or ask.state != PeerState.ASKED.value:
        return 0
    link = absolute(f"/cycles/{ask.cycle.key}/teams/{ask.asked.key}/peers/")
    context = {"ask": ask, "cycle": ask.cycle, "link": link}
    return tell_all(
        "peers.asked", members_of([ask.asked_id]), key=f"peers.asked:{ask.pk}", context=context, cycle_id=ask.cycle_id
    )


def on_peer_answered(entry: JournalEntry) -> int:
    """To the asking team: yes or no, with the words that came with it."""
    ask = subject_of(entry, PeerAsk, "asker", "asked", "cycle")
    if ask is None or ask.state not in {PeerState.ACCEPTED.value, PeerState.DECLINED.value}:
        return 0
    link = absolute(f"/cycles/{ask.cycle.key}/teams/{ask.asker.key}/peers/")
    context = {"ask": ask, "cycle": ask.cycle, "accepted": ask.state == PeerState.ACCEPTED.value, "link": link}
    return tell_all(
        "peers.answered", members_of([ask.asker_id]), key=f"peers.answered:{ask.pk}", context=context, cycle_id=ask.cycle_id
    )
