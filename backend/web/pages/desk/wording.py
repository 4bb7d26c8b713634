"""The next step of an organizer in words, with one button and where it leads."""

from collections.abc import Callable
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.cycles.models import Cycle
from games.progression.steps import Next, Step

type Words = tuple[str, str, str]  # title, text, the words of the button


def worded(cycle: Cycle, step: Step) -> dict[str, Any]:
    """A step as `components/next_step.html` takes it: {title, text, url, action, until}."""
    title, text, action = WORDS[step.what](step)
    return {"title": title, "text": text, "action": action, "url": _url(cycle, step) if action else "", "until": step.until}


def _failed(step: Step) -> Words:
    return _("Computing the results of %(round)s failed") % {"round": step.name}, step.said, _("Look at the round")


def _missing(step: Step) -> Words:
    title = ngettext(
        "%(round)s closes soon: %(count)d of %(whole)d teams has nothing handed in",
        "%(round)s closes soon: %(count)d of %(whole)d teams have nothing handed in",
        step.count,
    )
    named = {"round": step.name, "count": step.count, "whole": step.whole}
    return title % named, _("Remind them, or give more time to those who need it."), _("Watch the round")


def _registrations(step: Step) -> Words:
    title = ngettext("%(count)d registration waits for your answer", "%(count)d registrations wait for your answer", step.count)
    return title % {"count": step.count}, _("Teams cannot hand in before they are accepted."), _("Answer them")


def _flags(step: Step) -> Words:
    title = ngettext("A judge asks you something", "Judges ask you %(count)d things", step.count)
    return title % {"count": step.count}, _("They go on when they have your answer."), _("Read and answer")


def _unassigned(step: Step) -> Words:
    title = ngettext("%(count)d entry of %(round)s has no judge", "%(count)d entries of %(round)s have no judge", step.count)
    return (
        title % {"count": step.count, "round": step.name},
        _("Share them out among the judges of the panel."),
        _("Assign judges"),
    )


def _marks(step: Step) -> Words:
    title = _("%(round)s is being judged: %(count)d of %(whole)d sheets are open")
    named = {"round": step.name, "count": step.count, "whole": step.whole}
    return title % named, _("See who is behind, and remind them."), _("Watch the round")


def _computing(step: Step) -> Words:
    return _("The results of %(round)s are being computed") % {"round": step.name}, _("It takes a few seconds."), _("Look again")


def _publish(step: Step) -> Words:
    title = _("All marks of %(round)s are in") if step.whole else _("%(round)s is over")
    return (
        title % {"round": step.name},
        _("Look at the result before anybody else does, then publish it."),
        _("Look at the result"),
    )


def _gate(step: Step) -> Words:
    return _("%(round)s waits for your go") % {"round": step.name}, _("It opens only when its gate is passed."), _("Decide")


def _bounced(step: Step) -> Words:
    title = ngettext("%(count)d invitation came back", "%(count)d invitations came back", step.count)
    return title % {"count": step.count}, _("Mend the address and send it again."), _("See whose")


def _judges(step: Step) -> Words:
    return (
        _("Nobody judges %(round)s yet") % {"round": step.name},
        _("Invite judges while teams are at work."),
        _("Invite judges"),
    )


def _launch(_step: Step) -> Words:
    return _("This cycle is a draft"), _("Complete its rules and launch it: what is missing is named there."), _("To the rules")


def _watch(step: Step) -> Words:
    title = _("%(round)s is open: %(count)d of %(whole)d teams have handed in")
    return title % {"round": step.name, "count": step.count, "whole": step.whole}, "", _("Watch the round")


def _enrol(step: Step) -> Words:
    title = ngettext("Teams can join: there is %(count)d", "Teams can join: there are %(count)d", step.count)
    return title % {"count": step.count}, _("Invite judges and teams before the first round opens."), _("Invite people")


def _await(step: Step) -> Words:
    return _("%(round)s opens next") % {"round": step.name}, _("It opens by the clock."), _("Look at the round")


def _close(_step: Step) -> Words:
    return _("Every round is published"), _("Close the cycle when its awards are given."), _("To the awards")


def _follow(_step: Step) -> Words:
    return _("The cycle is over"), _("The next one starts from its rules, its teams and what was learned."), ""


def _paused(_step: Step) -> Words:
    return _("The cycle is paused"), _("It takes no entries, and its clock waits until you let it run on."), ""


def _nothing(_step: Step) -> Words:
    return _("Nothing waits for you"), "", ""


WORDS: Final[dict[Next, Callable[[Step], Words]]] = {
    Next.FAILED: _failed,
    Next.MISSING: _missing,
    Next.REGISTRATIONS: _registrations,
    Next.FLAGS: _flags,
    Next.UNASSIGNED: _unassigned,
    Next.MARKS: _marks,
    Next.COMPUTING: _computing,
    Next.PUBLISH: _publish,
    Next.GATE: _gate,
    Next.BOUNCED: _bounced,
    Next.JUDGES: _judges,
    Next.LAUNCH: _launch,
    Next.WATCH: _watch,
    Next.ENROL: _enrol,
    Next.AWAIT: _await,
    Next.CLOSE: _close,
    Next.FOLLOW: _follow,
    Next.PAUSED: _paused,
    Next.NOTHING: _nothing,
}
# Where each leads: names of routes, tried in order with the round and without it.
WHERE: Final[dict[Next, tuple[str, ...]]] = {
    Next.REGISTRATIONS: ("desk-registrations",),
    Next.FLAGS: ("desk-flags",),
    Next.UNASSIGNED: ("desk-judging",),
    Next.COMPUTING: ("cycle-desk",),
    Next.PUBLISH: ("desk-publish-round", "desk-publish", "round-desk"),
    Next.FAILED: ("desk-publish-round", "round-desk"),
    Next.BOUNCED: ("cycle-people",),
    Next.JUDGES: ("desk-invite",),
    Next.LAUNCH: ("desk-rules", "rules"),
    Next.ENROL: ("desk-invite",),
    Next.GATE: ("desk-rounds",),
    Next.CLOSE: ("desk-publish", "cycle"),
}
BEHIND: Final = {Next.BOUNCED: "?state=bounced"}


def _url(cycle: Cycle, step: Step) -> str:
    for name in WHERE.get(step.what, ("round-desk", "desk-rounds")):
        for places in ([cycle.key, step.round], [cycle.key]):
            try:
                return reverse(name, args=places) + BEHIND.get(step.what, "")
            except NoReverseMatch:
                continue
    return reverse("cycle-desk", args=[cycle.key])
