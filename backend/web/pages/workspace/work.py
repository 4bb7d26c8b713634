"""What a team has in each task, and the one thing to do next. Pure: rows in, shapes out; words are made here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.playbooks.schema import ChallengeDesign, QuizAnswer
from games.submissions.models import Submission
from games.submissions.rules import COUNTS, SubmissionState

DONE: Final = "published"
BEGUN: Final = "judging"
MISSING: Final = "planned"
OVER: Final = "closed"
WRONG: Final = "alert"
COUNTING: Final = frozenset(one.value for one in COUNTS)


@dataclass(frozen=True, slots=True)
class Work:
    """A task and what the team has in it. `state` and `label` make the badge, `what` says more, `at` when; `action` is what to press."""

    key: str
    name: str
    url: str
    state: str
    label: str
    optional: bool = False
    what: str = ""
    at: datetime | None = None
    by: str = ""
    action: str = ""
    action_url: str = ""

    @property
    def missing(self) -> bool:
        """Whether something has to be done here."""
        return self.state in {MISSING, BEGUN} and not self.optional


@dataclass(slots=True)
class Stage:
    """A round as it is for the team. `open`: it takes something from us now, until `until`. `out`: why we are not in it."""

    key: str
    name: str
    url: str
    state: str
    badge: dict[str, Any]
    open: bool = False
    until: datetime | None = None
    opens: datetime | None = None
    results: datetime | None = None
    published: datetime | None = None
    extended: bool = False
    out: str = ""
    round: Any = None
    works: list[Work] = field(default_factory=list)

    @property
    def missing(self) -> list[Work]:
        """Tasks that wait for us."""
        return [one for one in self.works if one.missing] if self.open else []


# --- One task -------------------------------------------------------------------------------------------------------------------------


def entered(entries: Sequence[Submission], spec: ChallengeDesign, *, open_: bool) -> dict[str, Any]:
    """What there is where a task is answered by entries."""
    held = [one for one in entries if one.state != SubmissionState.WITHDRAWN.value]
    counting = [one for one in held if one.state in COUNTING]
    drafts = [one for one in held if one.state == SubmissionState.DRAFT.value]
    if any(one.state == SubmissionState.DISQUALIFIED.value for one in held) and not counting:
        return {"state": WRONG, "label": _("disqualified")}
    if counting:
        return _handed_in(counting, spec, open_=open_)
    if drafts:
        return _drafted(drafts, open_=open_)
    if entries:
        return {
            "state": OVER,
            "label": _("taken back"),
            "what": _("It counts no more.") if not open_ else _("You can bring it back."),
        }
    if open_:
        return {"state": MISSING, "label": _("nothing yet"), "action": _("Begin")}
    return {"state": OVER, "label": _("nothing handed in")}


def _drafted(drafts: Sequence[Submission], *, open_: bool) -> dict[str, Any]:
    last = max(drafts, key=lambda one: (one.draft_saved_at is not None, one.draft_saved_at or one.created_at))
    by = last.draft_by.name if last.draft_by else ""
    saved = {"what": _("saved") if last.draft_saved_at else "", "at": last.draft_saved_at, "by": by}
    if open_:
        return {"state": BEGUN, "label": _("draft, not handed in"), "action": _("Go on writing"), **saved}
    return {"state": WRONG, "label": _("never handed in"), **saved}


def _handed_in(counting: Sequence[Submission], spec: ChallengeDesign, *, open_: bool) -> dict[str, Any]:
    last = max(counting, key=lambda one: one.submitted_at or one.created_at)
    version = last.pinned
    what = _("version %(number)d") % {"number": version.number} if version else ""
    if spec.submissions > 1:
        what = ngettext("%(count)d entry", "%(count)d entries", len(counting)) % {"count": len(counting)}
    newer = bool(version and last.draft_saved_at and last.draft_saved_at > version.at and last.draft != version.data)
    if newer and open_:
        what = _("%(what)s; a newer draft is not handed in") % {"what": what}
    return {
        "state": DONE,
        "label": _("handed in"),
        "what": what,
        "at": version.at if version else last.submitted_at,
        "action": _("Improve it") if open_ else "",
    }


def tried(verdicts: dict[str, int], spec: ChallengeDesign, *, open_: bool) -> dict[str, Any]:
    """What there is where a task is solved or measured by tries. `verdicts`: verdict -> how many."""
    made = sum(verdicts.values())
    solved = any(verdict in spec.accepted for verdict in verdicts)
    again = spec.format.value != "automatic" or isinstance(spec.answer, QuizAnswer)
    left = spec.max_attempts is None or made < spec.max_attempts
    what = ngettext("%(count)d try", "%(count)d tries", made) % {"count": made} if made else ""
    if spec.max_attempts is not None and made:
        what = _("%(count)d of %(most)d tries") % {"count": made, "most": spec.max_attempts}
    if solved or (made and spec.format.value == "measured"):
        label = _("solved") if spec.format.value != "measured" else _("measured")
        return {"state": DONE, "label": label, "what": what, "action": _("Try again") if open_ and again and left else ""}
    if made and "" in verdicts:
        return {
            "state": BEGUN,
            "label": _("waiting for a verdict"),
            "what": what,
            "action": _("Try again") if open_ and left else "",
        }
    if made:
        state, label = (BEGUN, _("not solved yet")) if open_ and left else (OVER, _("not solved"))
        return {"state": state, "label": label, "what": what, "action": _("Try again") if open_ and left else ""}
    if open_:
        return {"state": MISSING, "label": _("not tried"), "action": _("Try it")}
    return {"state": OVER, "label": _("not tried")}


# --- The next step --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to do next, as components/next_step.html takes it."""

    title: str
    text: str = ""
    url: str = ""
    action: str = ""
    until: datetime | None = None


def next_step(stages: Iterable[Stage], now: datetime, *, feedback_url: str) -> Step:
    """By urgency: what is missing in an open round, then what may be improved, then results, then what comes."""
    known = list(stages)
    waiting = [one for one in known if one.missing]
    if waiting:
        return _hand_in(min(waiting, key=_ends))
    open_ = [one for one in known if one.open]
    if open_:
        return _improve(min(open_, key=_ends))
    out = [one for one in known if one.published]
    coming = [one for one in known if one.state == "planned" and not one.out and one.opens and one.opens > now]
    judged = [one for one in known if one.state == "locked" and not one.published and not one.out]
    if judged:
        return _judged(judged[-1])
    if coming:
        one = min(coming, key=lambda stage: stage.opens or now)
        return Step(
            _("%(round)s comes next") % {"round": one.name}, _("It opens by itself."), one.url, _("What it is about"), one.opens
        )
    if out:
        last = max(out, key=lambda stage: stage.published or now)
        title = _("Results of %(round)s are out") % {"round": last.name}
        return Step(title, _("Every mark, and what the judges wrote."), feedback_url, _("Read them"))
    return Step(_("Nothing waits for you"), _("The next round is shown here as soon as it is known."))


def _ends(stage: Stage) -> tuple[bool, float]:
    return stage.until is None, stage.until.timestamp() if stage.until else 0.0


def _hand_in(stage: Stage) -> Step:
    begun = [one for one in stage.missing if one.state == BEGUN]
    work = (begun or stage.missing)[0]
    title = _("Hand in: %(task)s") if work.state == BEGUN and work.action == _("Go on writing") else _("Still to do: %(task)s")
    rest = len(stage.missing) - 1
    text = _("In %(round)s.") % {"round": stage.name}
    if rest:
        text += " " + ngettext("%(count)d more task waits.", "%(count)d more tasks wait.", rest) % {"count": rest}
    return Step(title % {"task": work.name}, text, work.action_url or work.url, work.action or _("Open it"), stage.until)


def _improve(stage: Stage) -> Step:
    title = _("Everything is in for %(round)s") % {"round": stage.name}
    first = next((one for one in stage.works if one.action), None)
    text = _("The last version counts. You may hand in better ones until the end.")
    if first is None:
        return Step(title, "", stage.url, _("To the round"), stage.until)
    return Step(title, text, first.action_url or first.url, first.action, stage.until)


def _judged(stage: Stage) -> Step:
    title = _("%(round)s is with the judges") % {"round": stage.name}
    return Step(title, _("Marks and feedback stand here once they are published."), stage.url, _("To the round"), stage.results)
