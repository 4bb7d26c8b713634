"""What was said is reported, looked at by organizers, hidden with a reason or left; its author may appeal once."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from games.cycles.models import Cycle
from games.ideas import actions as ideas
from games.ideas.models import Idea
from games.ideas.queries import acting_in
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from games.talk.actions.caring import placed
from games.talk.actions.settling import settle_again, unaccept, unsettle
from games.talk.models import Post, Report, Ruling, Thread
from games.talk.rules import HOUR, REPORTS_AN_HOUR, WHY, TalkInvalid, TalkRefused, Verdict, check_rate, cleaned_text
from leaderboards.engine.language import gettext as _

type Said = Post | Idea


def _cycle(what: Said) -> Cycle:
    return what.thread.cycle if isinstance(what, Post) else what.cycle


def _first(what: Said) -> Said:
    """What a correction is about: marks belong to what was said first."""
    return what.corrects if isinstance(what, Post) and what.corrects is not None else what


def _named(what: Said) -> dict[str, Any]:
    return {"post": what} if isinstance(what, Post) else {"idea": what}


def _own(what: Said, person: Person) -> bool:
    author = what.author
    return author is not None and (author.pk == person.pk or (person.user_id is not None and author.user_id == person.user_id))


@transaction.atomic
def report(*, what: Said, why: str, by: Any) -> Report:
    """Ask the organizers to look at it. Once each; its author never learns who. Raises TalkInvalid without a reason, TooMuchTalk."""
    said, now = cleaned_text(why, where="why", most=WHY, empty=_("Say what is wrong with it: the organizers read it.")), db_now()
    what = _first(what)
    person = placed(_cycle(what), by).person
    if _own(what, person):
        raise TalkRefused(_("It is your own: correct it, or ask the organizers."))
    Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    made = list(Report.objects.filter(person=person, at__gt=now - HOUR).order_by("at").values_list("at", flat=True))
    check_rate(len(made), REPORTS_AN_HOUR, made[0] if made else None, now)
    try:
        with transaction.atomic():
            row = Report.objects.create(cycle=_cycle(what), person=person, why=said, at=now, **_named(what))
    except IntegrityError as twice:
        raise TalkRefused(_("You reported it already: the organizers look at it.")) from twice
    _journal(Kind.REPORT_MADE, row.cycle_id, what, by=None, payload={"report": row.pk})  # who reported stays out of the journal
    return row


@transaction.atomic
def rule(*, what: Said, verdict: str, why: str, by: Any) -> Ruling:
    """Hide it or leave it, with a reason that its author reads; every open report of it is answered so. Raises TalkInvalid without one."""
    said = cleaned_text(why, where="why", most=WHY, empty=_("Say why: its author reads it."))
    if verdict not in set(Verdict):
        message = _("Expected one of {names}.", names=", ".join(Verdict))
        raise TalkInvalid(message, where="verdict")
    what, now = _first(what), db_now()
    if verdict == Verdict.HIDDEN.value:
        _hide(what, said, by=by)
    elif what.hidden_at is not None:
        raise TalkRefused(_("It is hidden: that stands until an appeal is answered."))
    cycle = _cycle(what)
    row = Ruling.objects.create(cycle=cycle, verdict=verdict, why=said, at=now, by=acting_in(cycle, None, by), **_named(what))
    Report.objects.filter(ruling__isnull=True, **_named(what)).update(ruling=row)
    _journal(Kind.RULING_MADE, row.cycle_id, what, by=by, payload={"ruling": row.pk, "verdict": verdict})
    return row


def _hide(what: Said, why: str, *, by: Any) -> None:
    """Out of sight for all but its author's team and organizers. With its opening the whole thread goes; an answer no longer answers."""
    if isinstance(what, Idea):
        ideas.hide(idea=what, why=why, by=by)
        return
    thread, now = Thread.objects.select_for_update(no_key=True, of=("self",)).get(pk=what.thread_id), db_now()
    if not Post.objects.filter(pk=what.pk, hidden_at__isnull=True).exists():
        raise TalkRefused(_("It is hidden already."))
    Post.objects.filter(Q(pk=what.pk) | Q(corrects=what.pk)).update(hidden_at=now)
    if what.number == 1:
        Thread.objects.filter(pk=thread.pk).update(hidden_at=now)
    if thread.accepted_id == what.pk:
        unaccept(thread, what, by=by)
    unsettle(thread, by=by)


def _show(what: Said, *, by: Any) -> None:
    if isinstance(what, Idea):
        ideas.show_again(idea=what, by=by)
        return
    Post.objects.filter(Q(pk=what.pk) | Q(corrects=what.pk)).update(hidden_at=None)
    if what.number == 1:
        Thread.objects.filter(pk=what.thread_id).update(hidden_at=None)
    settle_again(what, by=by)


@transaction.atomic
def appeal(*, ruling: Ruling, text: str, by: Any) -> Ruling:
    """Say why it should be seen again: once. Whether `by` may the edge asks."""
    said = cleaned_text(text, where="text", most=WHY, empty=_("Say why it should be seen again."))
    if ruling.verdict != Verdict.HIDDEN.value:
        raise TalkRefused(_("It was not hidden."))
    if not Ruling.objects.filter(pk=ruling.pk, appealed_at__isnull=True).update(appeal=said, appealed_at=db_now()):
        raise TalkRefused(_("You appealed already: the organizers answer once."))
    ruling.refresh_from_db()
    _journal(Kind.RULING_APPEALED, ruling.cycle_id, _about(ruling), by=by, payload={"ruling": ruling.pk})
    return ruling


@transaction.atomic
def answer_appeal(*, ruling: Ruling, upheld: bool, text: str, by: Any) -> Ruling:
    """Show it again (`upheld`), or leave it hidden: with words, once and for all."""
    said = cleaned_text(text, where="text", most=WHY, empty=_("Say why: its author reads it."))
    waiting = Ruling.objects.filter(pk=ruling.pk, appealed_at__isnull=False, answered_at__isnull=True)
    if not waiting.update(answer=said, answered_at=db_now(), upheld=upheld):
        raise TalkRefused(_("No appeal waits for an answer."))
    ruling.refresh_from_db()
    if upheld:
        _show(_about(ruling), by=by)
    _journal(Kind.RULING_ANSWERED, ruling.cycle_id, _about(ruling), by=by, payload={"ruling": ruling.pk, "upheld": upheld})
    return ruling


def _about(ruling: Ruling) -> Said:
    about = ruling.post or ruling.idea
    assert about is not None, "a ruling is on one thing"
    return about


def _journal(kind: Kind, cycle_id: int, what: Said, *, by: Any, payload: dict[str, object]) -> None:
    record(
        kind,
        cycle_id=cycle_id,
        by=by,
        group_id=what.group_id,
        subject=f"{type(what).__name__.lower()}:{what.pk}",
        payload=payload,
    )
