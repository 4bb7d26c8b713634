"""Reading was dealt: each team hears that the work of others waits for it."""

from games.journal.models import JournalEntry
from games.learning.models import Reading
from games.learning.queries import study_after
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import members_by_group
from games.rounds.models import Round


def on_study_begun(entry: JournalEntry) -> int:
    """To everybody in a team that was given something to read, with the way to it and until when."""
    round_ = subject_of(entry, Round, "cycle")
    study = study_after(round_) if round_ is not None else None
    if round_ is None or study is None:
        return 0
    people = list(members_by_group(set(Reading.objects.filter(round=round_).values_list("group", flat=True))))
    told = 0
    for group in sorted({(one.group_key, one.group_name) for one in people}):  # type: ignore[attr-defined] # annotated
        mine = [one for one in people if one.group_key == group[0]]  # type: ignore[attr-defined]
        link = absolute(f"/cycles/{round_.cycle.key}/teams/{group[0]}/study/")
        context = {"round": round_, "cycle": round_.cycle, "group_name": group[1], "study": study, "link": link}
        key = f"study:{round_.pk}:{group[0]}"
        told += tell_all("study.begun", mine, key=key, context=context, cycle_id=round_.cycle_id)
    return told
