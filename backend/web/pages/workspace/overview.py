"""The first page of a workspace: the next step, every round with what is handed in and what is missing, who we are."""

from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.workspace.frame import framed
from backend.web.pages.workspace.hall import in_the_hall
from backend.web.pages.workspace.work import MISSING, Stage, Step, Work, entered, next_step, tried
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.queries import design_of
from games.groups.actions import given_by
from games.groups.models import Group
from games.groups.queries import members, public_key
from games.groups.rules import GroupState, RegistrationState, consent_problems
from games.judging.queries.hall import with_own_hall
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.recognition.models import Grant
from games.rounds.models import Round
from games.rounds.queries import TAKES_ENTRIES
from games.rounds.rules import accepts, group_deadline, restricted
from games.submissions.actions.entries import ENTERED
from games.submissions.models import Attempt, Submission
from games.submissions.queries import rounds_for
from games.submissions.rules.answers import SPECIAL
from leaderboards.models import Snapshot
from leaderboards.queries import PUBLIC, movement

SOME: Final = 12
"""So many members and prizes stand here; all of them on their own pages."""
NEW: Final = {GroupState.PENDING.value}


def overview(request: HttpRequest, group: Group) -> dict[str, Any]:
    """The context of the page, for a member. `group` comes with its cycle, series, registration, and who asks to join."""
    access = access_of(request)
    leads = group.pk in access.groups_with(Capability.CAPTAIN)
    stages = stages_of(access, group)
    people = sorted(members(group), key=lambda one: one.person_id not in access.persons)  # oneself first, else as they come
    grants = _grants(access, group)
    return framed(request, group, "team") | {
        "leads": leads,
        "stages": _in_order(stages),
        "coming": [one for one in stages if one.state == "planned"],
        "step": step_of(group, stages, access, leads=leads),
        "notice": standing_of(group),
        "people": [
            (one.person.name, Capability.CAPTAIN in one.capabilities, one.person_id in access.persons) for one in people[:SOME]
        ],
        "more_people": max(0, len(people) - SOME),
        "asking": getattr(group, "asking", 0) if leads else 0,
        "invite_url": request.build_absolute_uri(f"{reverse('join')}?code={group.invite_code}") if group.invite_code else "",
        "hall": in_the_hall(one.round for one in stages),
        "grants": grants[:SOME],
        "more_grants": max(0, len(grants) - SOME),
        "place": _place(access, group),
    }


def standing_of(group: Group) -> str:
    """What stands between the team and taking part, in words; empty if nothing does."""
    registration = getattr(group, "registration", None)
    words = {
        GroupState.WITHDRAWN.value: _("The team has left the cycle. What it entered stays in the record."),
        GroupState.DISQUALIFIED.value: _("The team is disqualified."),
        GroupState.MERGED.value: _("The team was merged into another."),
    }
    if group.state in words or registration is None:
        return words.get(group.state, "")
    if registration.state == RegistrationState.WAITING.value:
        return _("You are on the waiting list, and move up by yourselves when a place is free.")
    if registration.state == RegistrationState.PENDING.value:
        return _("The organizers have yet to answer your registration.")
    if registration.state == RegistrationState.REFUSED.value:
        return _("The registration was refused: %(reason)s") % {"reason": registration.reason}
    return ""


def step_of(group: Group, stages: list[Stage], access: Access, *, leads: bool) -> Step:
    """The next step; a team that does not take part yet has to get in first."""
    address = [group.cycle.key, group.key]
    if group.state in NEW:
        text = standing_of(group)
        if outdated(group):
            title, text = (
                _("The rules of registration have changed"),
                _("The team takes part once its captain has accepted what holds now."),
            )
            url = reverse("complete-registration" if leads else "team-people", args=address)
            return Step(title, text, url, _("Read and accept") if leads else _("Our team"))
        return Step(
            _("You are not in yet"),
            text,
            reverse("team-people", args=address),
            _("To the registration") if leads else _("Our team"),
        )
    return next_step(stages, access.now, feedback_url=reverse("team-feedback", args=address))


def outdated(group: Group) -> bool:
    """Whether the captain has yet to accept what holds now, or the team's division is gone."""
    registration = getattr(group, "registration", None)
    if registration is None or registration.state != RegistrationState.PENDING.value:
        return False
    rules = design_of(group.cycle).registration
    divisions = [one.key for one in rules.divisions]
    gone = bool(divisions) and group.division not in divisions
    return gone or bool(consent_problems(rules, given_by(registration)))


# --- Rounds and tasks -----------------------------------------------------------------------------------------------------------------


def stages_of(access: Access, group: Group) -> list[Stage]:
    """Every round as it is for the team, with its tasks: four statements."""
    rounds = list(with_own_hall(rounds_for(group, access.now), group, access.now))
    design = design_of(group.cycle)
    order, cuts = [one.key for one in design.rounds], {cut.to for cut in design.cuts}
    stages = {one.pk: _stage(access, group, one, behind_a_cut=restricted(order, cuts, one.key)) for one in rounds}
    tasks = visible(
        access, "challenge.view", Challenge.objects.filter(Q(division="") | Q(division=group.division), round__in=rounds)
    )
    entries: dict[int, list[Submission]] = {}
    held = Submission.objects.filter(group=group).select_related("pinned", "draft_by").order_by("number")
    for entry in visible(access, "submission.view", held):
        entries.setdefault(entry.challenge_id, []).append(entry)
    tries: dict[int, dict[str, int]] = {}
    made = visible(access, "attempt.view", Attempt.objects.filter(group=group)).exclude(verdict__in=SPECIAL)
    for challenge, verdict, count in made.values_list("challenge_id", "verdict").annotate(count=Count("pk")).order_by("verdict"):
        tries.setdefault(challenge, {})[verdict] = count
    for task in tasks.order_by("number", "pk"):
        stage = stages[task.round_id]
        stage.works.append(_work(group, stage, task, entries.get(task.pk, []), tries.get(task.pk, {})))
    return list(stages.values())


def _in_order(stages: list[Stage]) -> list[Stage]:
    """What takes something from us now, the nearest deadline first; then what was, the latest first."""
    open_ = sorted((one for one in stages if one.open), key=lambda one: (one.until is None, one.until or one.opens))
    return open_ + [one for one in reversed(stages) if not one.open and one.state != "planned"]


def _stage(access: Access, group: Group, round_: Round, *, behind_a_cut: bool) -> Stage:
    mine: Any = round_  # with the annotations of rounds_for
    out = ""
    if mine.left:
        out = _("The team is no longer in this round.")
    elif behind_a_cut and not mine.entered and round_.state != "planned":
        out = _("The team is not in this round.")
    taking = group.state == GroupState.ACTIVE.value and group.cycle.state in TAKES_ENTRIES
    return Stage(
        round=round_,
        key=round_.key,
        name=round_.name,
        url=reverse("round", args=[group.cycle.key, round_.key]),
        state=round_.state,
        badge=shapes.round_badge(round_),
        open=taking and not out and accepts(round_.clock, mine.until, access.now),
        until=group_deadline(round_.clock, mine.until),
        opens=round_.opened_at or round_.opens_at,
        results=round_.judging_closes_at,
        published=round_.published_at,
        extended=mine.until is not None,
        out=out,
    )


def _work(group: Group, stage: Stage, task: Challenge, entries: list[Submission], tries: dict[str, int]) -> Work:
    spec, address = spec_of(task), [group.cycle.key, stage.key, task.key]
    url = reverse("challenge", args=address)
    if task.format in ENTERED:
        found = entered(entries, spec, open_=stage.open)
        action_url = reverse("entry", args=address)
    else:
        found = tried(tries, spec, open_=stage.open)
        action_url = f"{url}#ours"
    if found["state"] == MISSING and spec.optional:
        found["label"] = _("optional, nothing yet")
    return Work(key=task.key, name=task.name, url=url, optional=spec.optional, action_url=action_url, **found)


# --- What we have won, and the place --------------------------------------------------------------------------------------------------


def _grants(access: Access, group: Group) -> list[dict[str, Any]]:
    rows = visible(access, "grant.view", Grant.objects.filter(cycle=group.cycle, group=group)).order_by("award", "pk")
    return [{"title": one.name, "under": shapes.money(one.amount_cents, one.currency), "kind": one.kind} for one in rows]


def _place(access: Access, group: Group) -> dict[str, Any] | None:
    """Our place on the main board as it was published last: one statement."""
    stored = Snapshot.objects.filter(board__scope=group.cycle_id, board__number=1, audience=PUBLIC).select_related("board")
    last = visible(access, "snapshot.view", stored).order_by("-number")[:2]
    found = list(last)
    keys = {group.key, public_key(group)}
    lines = [next((row for row in one.rows if row["entry"] in keys and not row["line"]), None) for one in found]
    if not lines or lines[0] is None or not lines[0]["place"]:
        return None
    before = lines[1]["place"] if len(lines) > 1 and lines[1] else ""
    return {
        "place": lines[0]["place"],
        "score": lines[0]["score"],
        "movement": movement(lines[0]["place"], before),
        "board": found[0].board,
    }
