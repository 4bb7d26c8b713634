"""What organizers tell people themselves: announcements, and reminders to those who are behind."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.errors import Conflict, Invalid, Problem
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Sheet
from games.judging.queries import judgeable
from games.judging.queries.feedback import Owed, owed_in
from games.judging.rules import OPEN_SHEETS, SheetState
from games.notices.actions.outbox import absolute
from games.notices.actions.telling import tell_all
from games.notices.announcements import audience_of
from games.notices.models import Announcement, Message, Notice
from games.notices.queries import members_of, with_address
from games.notices.rules import Audience
from games.organizations.models import Person
from games.progression.watching import watch
from games.rounds.models import Round
from games.rounds.rules import accepts, group_deadline
from games.submissions.queries import with_ordinal
from games.submissions.queries.seeing import is_blind, label_for
from leaderboards.engine.language import gettext as _

TITLE: Final = 200
TEXT: Final = 20_000


class AnnouncementRefused(Invalid):
    """The announcement lacks something; each fault is named with its field."""

    code = "announcement_refused"


class Reminded(NamedTuple):
    """Whom a reminder reached: `people` told now, `before` told earlier today, `silent` groups or judges whom nobody can write to."""

    people: int
    before: int
    silent: int


@transaction.atomic
def make_announcement(cycle: Cycle, *, title: str, text: str, audience: str, by: Any) -> tuple[Announcement, int]:
    """Put an announcement on the cycle's page and tell it to its audience; returns also how many were told.

    Raises AnnouncementRefused; Conflict for a cycle that has not begun or was cancelled.
    """
    title, text = " ".join(title.split()), text.replace("\0", "").strip()
    problems = []
    if not 1 <= len(title) <= TITLE:
        problems.append(Problem("title", _("A title of 1 to {title} letters is needed.", title=TITLE)))
    if len(text) > TEXT:
        problems.append(Problem("text", _("At most {text:,} letters.", text=TEXT)))
    if audience not in set(Audience):
        problems.append(Problem("audience", _("Expected one of {names}.", names=", ".join(Audience))))
    if problems:
        raise AnnouncementRefused(problems[0].message, where=problems[0].where, problems=problems)
    if cycle.state in {CycleState.DRAFT.value, CycleState.CANCELLED.value}:
        message = _("The cycle is {state}: nobody is told anything.", state=cycle.state)
        raise Conflict(message)
    made = Announcement.objects.create(cycle=cycle, title=title, text=text, audience=audience, by=by, at=db_now())
    _journal(Kind.ANNOUNCEMENT_MADE, made, by=by)
    link = absolute(f"/cycles/{cycle.key}/#news-{made.pk}")
    context = {"announcement": made, "cycle": cycle, "link": link}
    people = () if cycle.rehearsal else audience_of(cycle, audience)  # a dry run tells nobody
    told = tell_all("news", people, key=f"news:{made.pk}", context=context, cycle_id=cycle.pk)
    return made, told


@transaction.atomic
def withdraw_announcement(announcement: Announcement, *, by: Any) -> Announcement:
    """Take an announcement off the page. Mails that went out stay out; notices of it disappear, the record keeps it. Twice is once."""
    now = db_now()
    if Announcement.objects.filter(pk=announcement.pk, withdrawn_at__isnull=True).update(withdrawn_at=now):
        Notice.objects.filter(key__startswith=f"news:{announcement.pk}:").delete()
        _journal(Kind.ANNOUNCEMENT_WITHDRAWN, announcement, by=by)
    announcement.refresh_from_db()
    return announcement


def _journal(kind: Kind, one: Announcement, *, by: Any) -> None:
    payload = {"audience": one.audience}
    record(kind, cycle_id=one.cycle_id, by=by, subject=f"announcement:{one.pk}", payload=payload)


# --- Reminders ------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def remind_entries(round_: Round, *, by: Any, groups: Collection[int] | None = None) -> Reminded:
    """Remind the members of teams that have not handed in everything; `groups`: only these of them. Once per person, round and day.

    Who can no longer hand in is not reminded, nor who has nothing left to do.
    """
    now = db_now()
    by_end: dict[datetime | None, list[Group]] = {}
    for row in watch(round_).teams:
        wanted = groups is None or row.group.pk in groups
        if wanted and row.standing != "all" and accepts(round_.clock, row.until, now):
            by_end.setdefault(group_deadline(round_.clock, row.until), []).append(row.group)
    link = absolute(f"/cycles/{round_.cycle.key}/rounds/{round_.key}/")
    found = Reminded(0, 0, 0)
    for end, behind in by_end.items():
        context = {"round": round_, "cycle": round_.cycle, "ends": end, "link": link}
        one = _remind("remind.entry", round_, members_of([group.pk for group in behind]), context, now=now)
        heard = set(
            members_of([group.pk for group in behind])
            .filter(memberships__until=None)
            .values_list("memberships__group", flat=True)
        )
        silent = sum(1 for group in behind if group.pk not in heard)
        found = Reminded(found.people + one.people, found.before + one.before, found.silent + silent)
    _note(round_, "entry", found, by=by)
    return found


@transaction.atomic
def remind_marks(round_: Round, *, by: Any, judges: Collection[int] | None = None) -> Reminded:
    """Remind judges of the sheets they have open; `judges`: only these of them. Once per person, round and day."""
    now = db_now()
    open_ = judgeable(Sheet.objects.filter(challenge__round=round_, state__in=[one.value for one in OPEN_SHEETS]))
    behind = set(open_.values_list("judge_id", flat=True))
    behind = behind if judges is None else behind & set(judges)
    people = with_address(Person.objects.filter(pk__in=behind))
    context = {"round": round_, "cycle": round_.cycle, "ends": round_.judging_closes_at, "link": absolute("/desk/sheets/")}
    found = _remind("remind.marks", round_, people, context, now=now)
    found = found._replace(silent=len(behind) - found.people - found.before)
    _note(round_, "marks", found, by=by)
    return found


@transaction.atomic
def remind_words(round_: Round, *, by: Any, judges: Collection[int] | None = None) -> Reminded:
    """Remind judges of feedback that the round promised and nobody has written; `judges`: only these. Once per person, round and day.

    Each reads which entries and criteria are meant, and is led to the sheet.
    """
    now, missing = db_now(), _words_by_judge(round_)
    wanted = set(missing) if judges is None else set(missing) & set(judges)
    people = list(with_address(Person.objects.filter(pk__in=wanted)))
    for person in people:
        lines, link = missing[person.pk]
        person.missing = "\n".join(f"- {one}" for one in lines)  # type: ignore[attr-defined]  # read by the template
        person.link = absolute(link)  # type: ignore[attr-defined]  # read by tell_all
    found = _remind("remind.words", round_, people, {"round": round_, "cycle": round_.cycle}, now=now)
    found = found._replace(silent=len(wanted) - found.people - found.before)
    _note(round_, "words", found, by=by)
    return found


def _words_by_judge(round_: Round) -> dict[int, tuple[list[str], str]]:
    """Judge → (entries with the criteria that lack words, where to write them). Blind entries stay numbers."""
    owed = owed_in(round_)
    pairs = {(one.challenge.pk, one.group.pk) for one in owed}
    rows = Sheet.objects.filter(challenge__round=round_).exclude(state=SheetState.RECUSED.value)
    sheets = {
        (one.challenge_id, one.group_id, one.judge_id): one
        for one in with_ordinal(rows)
        if (one.challenge_id, one.group_id) in pairs
    }
    blind, found = is_blind(round_), dict[int, tuple[list[str], str]]()
    by_entry: dict[tuple[int, int], list[Owed]] = {}
    for one in owed:
        by_entry.setdefault((one.challenge.pk, one.group.pk), []).append(one)
    for (task, group), lacking in by_entry.items():
        for judge in {person.pk for one in lacking for person in one.judges}:
            sheet = sheets.get((task, group, judge))
            if sheet is None:
                continue
            name = label_for(round_, sheet.ordinal) if blind else lacking[0].group.name  # type: ignore[attr-defined]  # annotated
            on = [one.criterion.title for one in lacking if one.criterion and judge in {person.pk for person in one.judges}]
            lines, link = found.setdefault(judge, ([], f"/desk/sheets/{sheet.pk}/#words"))
            lines.append(f"{name}: {', '.join(on)}" if on else name)
            found[judge] = (lines, link if len(lines) == 1 else "/desk/sheets/past/")
    return found


def _remind(kind: str, round_: Round, people: Iterable[Person], context: dict[str, Any], *, now: datetime) -> Reminded:
    """Tell those who were not told today, each human once even if they are several people here. In a dry run nobody."""
    if round_.cycle.rehearsal:
        return Reminded(0, 0, 0)
    key = f"{kind}:{round_.pk}:{now.astimezone(UTC):%Y%m%d}"
    humans = {person.user_id: person for person in people}
    before = told_under(key)
    fresh = [person for user, person in humans.items() if user not in before]
    tell_all(kind, fresh, key=key, context=context, cycle_id=round_.cycle_id)
    return Reminded(len(fresh), len(humans) - len(fresh), 0)


def told_under(key: str) -> set[int]:
    """Ids of the users who were told something under this key, on the page or by mail."""
    by_page = Notice.objects.filter(key__startswith=f"{key}:").values_list("person__user_id", flat=True)
    by_mail = Message.objects.filter(key__startswith=f"{key}:").values_list("person__user_id", flat=True)
    both: Iterable[int | None] = by_page.union(by_mail)
    return {user for user in both if user is not None}


def _note(round_: Round, what: str, found: Reminded, *, by: Any) -> None:
    payload = {"round": round_.key, "what": what, "count": found.people}
    if found.people:
        record(Kind.PEOPLE_REMINDED, cycle_id=round_.cycle_id, by=by, subject=f"round:{round_.pk}", payload=payload)
