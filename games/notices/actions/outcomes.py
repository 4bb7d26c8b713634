"""What comes of a round, and who is told: results, feedback, who goes on and who does not, awards."""

from collections.abc import Iterable

from django.db.models import Model, Q

from games.groups.models import Group
from games.journal.models import JournalEntry
from games.judging.models import Sheet
from games.judging.rules import SheetState
from games.notices.actions.outbox import absolute
from games.notices.actions.telling import tell_all
from games.notices.queries import entrants_of, members_by_group, members_of
from games.organizations.models import Person
from games.recognition.models import Grant
from games.recognition.rules import GrantState
from games.rounds.models import Entrant, Round
from games.rounds.queries import entrants_of as taking_part


def subject_of[M: Model](entry: JournalEntry, model: type[M], *related: str) -> M | None:
    """The row the entry is about (`kind:id`), None once it is gone."""
    _, _, number = entry.subject.partition(":")
    rows = model._default_manager.select_related(*related) if related else model._default_manager.all()
    return rows.filter(pk=int(number)).first() if number.isdigit() else None


def on_round_published(entry: JournalEntry) -> int:
    """To everybody in the round: the result is out; and to those whom judges wrote something: there is feedback."""
    round_ = subject_of(entry, Round, "cycle")
    if round_ is None or round_.published_at is None:
        return 0
    link = absolute(f"/cycles/{round_.cycle.key}/rounds/{round_.key}/")
    context = {"round": round_, "cycle": round_.cycle, "link": link}
    people = members_of(entrants_of(round_))
    key = f"published:{round_.pk}:{entry.pk}"
    told = tell_all("round.published", people, key=key, context=context, cycle_id=round_.cycle_id)
    written = Sheet.objects.filter(with_words(), challenge__round=round_, state=SheetState.FINAL.value)
    return told + _feedback(round_, set(written.values_list("group_id", flat=True)), key=f"feedback:{round_.pk}:{entry.pk}")


def with_words() -> Q:
    """Sheets on which a judge wrote something to the entrant."""
    return ~Q(comment="") | Q(marks__comment__gt="")


def on_sheet_finalized(entry: JournalEntry) -> int:
    """To the group, when a judge writes after publication: there is more feedback. Before it nobody hears of a sheet."""
    sheet = subject_of(entry, Sheet, "challenge__round__cycle")
    round_ = sheet.challenge.round if sheet else None
    if sheet is None or round_ is None or round_.published_at is None or round_.published_at >= entry.at:
        return 0
    words = Sheet.objects.filter(with_words(), pk=sheet.pk, state=SheetState.FINAL.value)
    return _feedback(round_, set(words.values_list("group_id", flat=True)), key=f"feedback:{round_.pk}:{entry.pk}")


def _feedback(round_: Round, groups: Iterable[int], *, key: str) -> int:
    context = {"round": round_, "cycle": round_.cycle}
    return tell_all("feedback.available", _led_home(round_, groups), key=key, context=context, cycle_id=round_.cycle_id)


def _led_home(round_: Round, groups: Iterable[int]) -> list[Person]:
    """The members of groups, each with the `link` to their group, where marks and words are read."""
    people: list[Person] = list(members_by_group(groups))
    for one in people:
        path = f"/cycles/{round_.cycle.key}/groups/{one.group_key}/"  # type: ignore[attr-defined]  # annotated
        one.link = absolute(path)  # type: ignore[attr-defined]  # read by tell_all
    return people


def on_group_advanced(entry: JournalEntry) -> int:
    """To the group that goes on; and, once for each cut, to those who do not: kindly, and with where to read why."""
    round_ = subject_of(entry, Round, "cycle")
    group = Group.objects.filter(pk=entry.group_id or 0).first()
    via = entry.payload.get("via")
    if round_ is None or group is None or via == "all":
        return 0
    link = absolute(f"/cycles/{round_.cycle.key}/rounds/{round_.key}/")
    context = {"round": round_, "cycle": round_.cycle, "group": group, "via": via, "link": link}
    key = f"advanced:{round_.pk}:{group.pk}"
    told = tell_all("group.advanced", members_of([group.pk]), key=key, context=context, cycle_id=round_.cycle_id)
    return told + (_stopped(round_) if _first_of_its_cut(entry) else 0)


def _first_of_its_cut(entry: JournalEntry) -> bool:
    """Those who go on are journalled together, at one moment: the first speaks for those who do not."""
    together = JournalEntry.objects.filter(kind=entry.kind, cycle_id=entry.cycle_id, subject=entry.subject, at=entry.at)
    return not together.filter(pk__lt=entry.pk).exists()


def _stopped(round_: Round) -> int:
    """To the groups of the published round before that are not among the entrants of this one."""
    before = Round.objects.filter(cycle=round_.cycle_id, number__lt=round_.number, published_at__isnull=False)
    last = before.select_related("cycle").order_by("-number").first()
    if last is None:
        return 0
    through = Entrant.objects.filter(round=round_).values("group_id")
    out = taking_part(last).exclude(pk__in=through).values_list("pk", flat=True)
    context = {"round": round_, "last": last, "cycle": round_.cycle}
    people = _led_home(round_, list(out))
    return tell_all("group.stopped", people, key=f"stopped:{round_.pk}", context=context, cycle_id=round_.cycle_id)


def on_grant_changed(entry: JournalEntry) -> int:
    """To the group that won something, once it is granted."""
    grant = subject_of(entry, Grant, "cycle", "group")
    if grant is None or grant.group_id is None or grant.state != GrantState.GRANTED.value:
        return 0
    link = absolute(f"/cycles/{grant.cycle.key}/groups/{grant.group.key}/") if grant.group else ""
    context = {"grant": grant, "cycle": grant.cycle, "group": grant.group, "link": link}
    people = members_of([grant.group_id])
    return tell_all("grant.granted", people, key=f"grant:{grant.pk}", context=context, cycle_id=grant.cycle_id)
