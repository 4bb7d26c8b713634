"""How invented people play a dry run: by the same actions as everybody, under the same refusals."""

from fractions import Fraction
from typing import Any

from django.core.files.base import ContentFile

from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.actions import appoint, register
from games.groups.actions.members import add_member, held_group
from games.groups.models import Group, Membership
from games.groups.rules import CYCLE_WIDE, Consent
from games.journal.queries import db_now
from games.judging.actions import (
    Wanted,
    add_panelist,
    assign,
    assign_all,
    begin_calibration,
    close_calibration,
    discuss_calibration,
    finalize,
)
from games.judging.actions.ballots import close_voting, vote_on
from games.judging.actions.peers import seat_peers
from games.judging.models import Panelist, Sheet
from games.judging.queries.calibrating import candidates, wants_calibration
from games.judging.queries.feedback import promise_in
from games.judging.queries.peers import groups_of_peers
from games.judging.rules import Given, SheetState
from games.judging.rules.feedback import Promise
from games.judging.rules.voting import VotingState
from games.organizations.models import Person
from games.playbooks.rules import Capability
from games.playbooks.schema import ChallengeDesign, Design
from games.progression import inventing
from games.recognition.actions import give_grant, verify
from games.recognition.models import Grant
from games.recognition.rules import GrantState
from games.rounds.actions import lock_round, open_round, pass_gate
from games.rounds.models import Round
from games.rounds.queries import entrants_of
from games.rounds.rules import RoundState, state_of
from games.submissions.actions import attempt, open_entry, record_attempt, submit, upload
from games.submissions.models import Submission

REASON = "Dry run"
COMMENT = "Invented by the dry run: here a judge writes what helps the team."


def person_key(cycle: Cycle, name: str) -> str:
    """How the invented people of a dry run are found again: by keys that nobody else has."""
    return f"dry-run-{cycle.pk}-{name}"


def _person(cycle: Cycle, key: str, name: str) -> Person:
    found, _ = Person.objects.get_or_create(organization=None, key=person_key(cycle, key), user=None, defaults={"name": name})
    return found


# --- People -----------------------------------------------------------------------------------------------------------------------------


def people(cycle: Cycle, *, by: Any) -> None:
    """Teams register, each with as many members as it needs; judges are appointed, as many as the panels need."""
    design = design_of(cycle)
    for number in range(inventing.team_count(design)):
        _team(cycle, design, number, by=by)
    role = next((one for one in design.roles if _judges_only(one.capabilities)), None)
    if role is None:
        return
    for panel, count in _panels(design).items():
        for number in range(count):
            judge = _person(cycle, f"{panel}-{number + 1}", f"Invented judge {number + 1} ({panel})")
            appoint(cycle, judge, role=role.key, by=by, reason=REASON)


def _judges_only(capabilities: Any) -> bool:
    held = {str(one) for one in capabilities}
    return Capability.JUDGE.value in held and held <= CYCLE_WIDE


def _panels(design: Design) -> dict[str, int]:
    """How many judges each panel needs, over all tasks that judges mark."""
    found: dict[str, int] = {}
    for one in design.challenges:
        for panel in one.judges_panels if one.format.value in {"rubric", "ranking"} else ():
            if panel.who != "judges":
                continue
            found[panel.key] = max(found.get(panel.key, 0), inventing.judges_of(panel))
    return found


def _team(cycle: Cycle, design: Design, number: int, *, by: Any) -> None:
    rules = design.registration
    name = inventing.team_name(number, rules)
    divisions = [one.key for one in rules.divisions]
    consent = Consent(
        terms_version=rules.terms.version if rules.terms else "",
        licence_version=rules.licence.version if rules.licence else "",
        age_confirmed=True,
    )
    captain = _person(cycle, f"team-{number + 1}-1", f"Captain of {name}")
    group = register(
        cycle,
        by=by,
        person=captain,
        name=name,
        division=divisions[number % len(divisions)] if divisions else "",
        answers=inventing.registration_answers(rules, number),
        consent=consent,
    ).group
    houses = inventing.houses(design)
    for place in range(2, max(rules.min_members, houses) + 1):
        add_member(held_group(group), _person(cycle, f"team-{number + 1}-{place}", f"Member {place} of {name}"), by=by)
    if houses > 1:
        for place, one in enumerate(Membership.objects.filter(group=group).order_by("pk")):
            one.affiliation = f"Invented house {place % houses + 1}"
            one.save(update_fields=["affiliation"])


# --- Entries ----------------------------------------------------------------------------------------------------------------------------


def entries(round_: Round, *, by: Any) -> None:
    """The round is opened, if need be after its gate; every team that is in it does every task."""
    _opened(round_, by=by)
    teams = list(entrants_of(round_))
    for challenge in Challenge.objects.filter(round=round_).select_related("round__cycle").order_by("number"):
        spec = spec_of(challenge)
        mine = [one for one in teams if not spec.division or one.division == spec.division]
        for group in mine:
            _do(challenge, spec, group, by=by)


def _opened(round_: Round, *, by: Any) -> None:
    if round_.gated and round_.passed_at is None:
        pass_gate(round_, "go", by=by, reason=REASON)
    round_.refresh_from_db()
    if state_of(round_.clock, db_now()) is RoundState.PLANNED:
        open_round(round_, by=by, reason=REASON)
    round_.refresh_from_db()


def _do(challenge: Challenge, spec: ChallengeDesign, group: Group, *, by: Any) -> None:
    number = _number(group)
    if spec.format.value in {"attempts", "measured", "automatic"}:
        _try(challenge, spec, group, number, by=by)
    elif spec.form:
        _enter(challenge, spec, group, number, by=by)


def _number(group: Group) -> int:
    """Its number among the invented, from 0, kept through the whole play."""
    captain = Membership.objects.filter(group=group).order_by("pk").values_list("person__key", flat=True).first() or ""
    return int(captain.split("-team-")[1].split("-")[0]) - 1


def _enter(challenge: Challenge, spec: ChallengeDesign, group: Group, number: int, *, by: Any) -> None:
    if Submission.objects.filter(challenge=challenge, group=group).exists():
        return
    entry = open_entry(challenge=challenge, group=group, by=by)
    answers: dict[str, Any] = {}
    for field in spec.form:
        if field.type.value != "file":
            answers[field.key] = inventing.answer(field, number)
        elif field.required and (file := inventing.file_for(field)) is not None:
            name, content = file
            stored = ContentFile(content, name=name)
            answers[field.key] = upload(submission=entry, field=field.key, file=stored, by=by).pk
    submit(submission=entry, by=by, data=answers, note=REASON)


def _try(challenge: Challenge, spec: ChallengeDesign, group: Group, number: int, *, by: Any) -> None:
    level = inventing.strength(number, inventing.team_count(design_of(challenge.round.cycle)))
    if spec.format.value == "measured":
        attempt(challenge=challenge, group=group, by=by, value=inventing.measured(level, number))
        return
    solves = level >= Fraction(1 + challenge.number % 4, 6)  # the stronger solve more, and not all tasks are as hard
    minute = 60_000
    if spec.format.value == "attempts":
        if number % 2:
            record_attempt(challenge=challenge, group=group, by=by, verdict=inventing.WRONG, elapsed=(5 + number) * minute)
        if solves:
            record_attempt(challenge=challenge, group=group, by=by, verdict=spec.accepted[0], elapsed=(20 + 3 * number) * minute)
        return
    right = inventing.right_answer(spec)
    if solves and right is not None:
        attempt(challenge=challenge, group=group, by=by, answer=right)
    elif solves:
        record_attempt(challenge=challenge, group=group, by=by, verdict=spec.accepted[0])


# --- Marks ------------------------------------------------------------------------------------------------------------------------------


def marks(round_: Round, *, by: Any) -> None:
    """Entries are closed; the invented judges take their seats, get everything, and finish every sheet with a comment."""
    round_.refresh_from_db()
    if state_of(round_.clock, db_now()) is RoundState.OPEN:
        lock_round(round_, by=by, reason=REASON)
    for challenge in Challenge.objects.filter(round=round_).select_related("round__cycle").order_by("number"):
        challenge.round.refresh_from_db()
        spec = spec_of(challenge)
        if spec.format.value in {"rubric", "ranking"}:
            for panel in spec.judges_panels:
                if panel.who == "audience":
                    _unvoted(challenge, panel.key, by=by)
                elif panel.who == "peers":
                    _paired(challenge, panel.key, by=by)
                    _filled(challenge, spec, panel.key, by=by)
                else:
                    _judged(challenge, spec, panel.key, by=by)


def _judged(challenge: Challenge, spec: ChallengeDesign, panel: str, *, by: Any) -> None:
    cycle = challenge.round.cycle
    judges = list(Person.objects.filter(key__startswith=person_key(cycle, f"{panel}-")).order_by("pk"))
    needed = inventing.judges_of(next(one for one in spec.judges_panels if one.key == panel))
    for judge in judges[:needed]:
        add_panelist(challenge=challenge, panel=panel, person=judge, by=by)
    if wants_calibration(challenge, panel):
        _calibrated(challenge, spec, panel, by=by)
    assign_all(challenge=challenge, by=by, panel=panel)
    _filled(challenge, spec, panel, by=by)


def _unvoted(challenge: Challenge, panel: str, *, by: Any) -> None:
    """Nobody invented has an address to vote with: the vote is closed without ballots."""
    if vote_on(challenge, panel).state is VotingState.OPEN:
        close_voting(challenge=challenge, panel=panel, by=by, reason=REASON)


def _paired(challenge: Challenge, panel: str, *, by: Any) -> None:
    """Every team judges the one or two that come after it: so no two judge each other."""
    seat_peers(challenge=challenge, panel=panel, by=by)
    teams = groups_of_peers(challenge, panel)
    peers = {one.pk: one for one in Person.objects.filter(pk__in=teams)}
    groups = {one.pk: one for one in Group.objects.filter(pk__in=teams.values())}
    ring = sorted(teams.items())
    reach = min(2, (len(ring) - 1) // 2)
    wanted = [
        Wanted(challenge, groups[ring[(at + step) % len(ring)][1]], peers[person], panel)
        for at, (person, _) in enumerate(ring)
        for step in range(1, reach + 1)
    ]
    assign(cycle=challenge.round.cycle, wanted=wanted, by=by)


def _calibrated(challenge: Challenge, spec: ChallengeDesign, panel: str, *, by: Any) -> None:
    """The proposed anchors are marked first, and the panel has nothing to say about them."""
    anchors = [one.group for one in candidates(challenge, panel) if one.proposed]
    if anchors:
        begun = begin_calibration(challenge=challenge, panel=panel, groups=anchors, by=by)
        _filled(challenge, spec, panel, by=by)
        discuss_calibration(calibration=begun, by=by)
        close_calibration(calibration=begun, by=by, outcome=COMMENT)


def _filled(challenge: Challenge, spec: ChallengeDesign, panel: str, *, by: Any) -> None:
    """Every sheet that is out is marked and final."""
    cycle = challenge.round.cycle
    of, each = inventing.team_count(design_of(cycle)), promise_in(challenge.round) is Promise.CRITERION
    seats = {
        seat.person_id: number
        for number, seat in enumerate(Panelist.objects.filter(challenge=challenge, panel=panel).order_by("pk"))
    }
    for judge_id, place in seats.items():
        sheets = list(
            Sheet.objects.filter(challenge=challenge, panel=panel, judge_id=judge_id, state=SheetState.ASSIGNED.value)
            .select_related("group", "challenge__round__cycle", "judge")
            .order_by("group__key")
        )
        levels = [inventing.strength(_number(sheet.group), of) for sheet in sheets]
        ranks = inventing.ranks(levels, place)
        for sheet, level, rank in zip(sheets, levels, ranks, strict=True):
            marked = _marks(spec, panel, level, place, rank)
            worded = [one._replace(comment=COMMENT) for one in marked] if each else marked
            finalize(sheet=sheet, by=by, marks=worded, comment=COMMENT)


def _marks(spec: ChallengeDesign, panel: str, level: Fraction, judge: int, rank: int) -> list[Given]:
    if spec.format.value == "ranking" and not spec.criteria:
        return [Given("rank", rank)]
    mine = [one for one in spec.criteria if spec.panel_of(one) == panel]
    if spec.format.value == "ranking":
        return [Given(one.key, rank) for one in mine]
    return [Given(one.key, inventing.mark(one, level, judge, place)) for place, one in enumerate(mine)]


# --- The end ----------------------------------------------------------------------------------------------------------------------------


def awards(cycle: Cycle, *, by: Any) -> None:
    """What was won is given."""
    for grant in Grant.objects.filter(cycle=cycle, group__isnull=False, state=GrantState.NOMINATED.value).order_by("pk"):
        give_grant(verify(grant, by=by), by=by)
