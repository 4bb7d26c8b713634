"""What those who judge an entry hear of its deliberation: it begins, it is decided. No entry is named, so a blind one stays blind."""

from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.judging.models import Deliberation
from games.judging.queries.talk import in_the_room
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import with_address


def on_deliberation(entry: JournalEntry) -> int:
    """To the judges of the entry and the chair of the panel."""
    one = subject_of(entry, Deliberation, "challenge__round__cycle")
    if one is None or one.group_id is None:
        return 0
    kind = "deliberation.opened" if entry.kind == Kind.DELIBERATION_OPENED else "deliberation.closed"
    round_ = one.challenge.round
    context = {
        "deliberation": one,
        "challenge": one.challenge,
        "round": round_,
        "cycle": round_.cycle,
        "link": absolute(f"/deliberations/{one.pk}/"),
    }
    return tell_all(kind, with_address(in_the_room(one)), key=f"{kind}:{one.pk}", context=context, cycle_id=round_.cycle_id)
