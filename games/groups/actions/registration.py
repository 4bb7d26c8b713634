"""How a group comes into a cycle: its name, its answers, what it accepts.

Every act here holds the row of the cycle until it is done, so places are counted and taken one group after the other.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import Problem
from games.groups.actions.members import in_no_other_group
from games.groups.actions.papers import Papers, Stream, examined, keep
from games.groups.actions.places import journal_registration, put
from games.groups.models import Group, Membership, Registration
from games.groups.queries import door_of, free_key, named_alike, places_taken
from games.groups.rules import (
    Consent,
    DoorClosed,
    GroupRefused,
    GroupState,
    NameTaken,
    NotEligible,
    RegistrationRefused,
    RegistrationState,
    clean_group_name,
    consent_problems,
    eligibility_problems,
    new_invite_code,
    outcome,
    role_with,
)
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Organization, Person
from games.playbooks.forms import AnswersRefused, check_answers
from games.playbooks.rules import Capability
from games.playbooks.schema import Registration as Rules
from leaderboards.engine.language import gettext as _

KIND = "team"


@transaction.atomic
def register(  # noqa: PLR0913 each part of a registration is named
    cycle: Cycle,
    *,
    by: Any,
    person: Person,
    name: str,
    division: str = "",
    answers: Mapping[str, Any] | None = None,
    consent: Consent | None = None,
    organization: Organization | None = None,
    affiliation: str = "",
    files: Mapping[str, Stream] | None = None,
) -> Registration:
    """A new group, `person` its captain, comes into the cycle: accepted, waiting, or pending until organizers approve.

    `files`: key of a question -> the file that answers it.

    Raises DoorClosed; RegistrationRefused with every fault at its field; NotEligible citing the rule; NameTaken; CycleFull;
    GroupRefused when the person is in another group already.
    """
    cycle = locked(cycle)
    rules = design_of(cycle).registration
    entrance = door_of(cycle, db_now())
    if not entrance.open:
        raise DoorClosed(entrance.why)
    given = consent or Consent()
    papers = examined(rules, files or {})
    cleaned, shown = _checked(rules, name=name, division=division, answers=answers or {}, consent=given, papers=papers)
    in_no_other_group(person, cycle, kind=KIND)
    state = outcome(rules, taken=places_taken(cycle), approved=False)
    group = create_group(
        cycle, by=by, captain=person, name=shown, division=division, organization=organization, affiliation=affiliation,
        state=GroupState.ACTIVE if state is RegistrationState.ACCEPTED else GroupState.PENDING,
    )  # fmt: skip
    registration = _kept(group, rules, state, given, answers=cleaned, by=person)
    keep(registration, papers)
    journal_registration(Kind.GROUP_REGISTERED, registration, by=by)
    if state is not RegistrationState.PENDING:
        journal_registration(Kind.GROUP_SETTLED, registration, by=by)
    return registration


def _kept(
    group: Group, rules: Rules, state: RegistrationState, given: Consent, *, answers: dict[str, Any], by: Person
) -> Registration:
    """The row: what was answered, and what was accepted in which version."""
    now = db_now()
    return Registration.objects.create(
        group=group,
        state=state.value,
        answers=answers,
        terms_version=given.terms_version if rules.terms else "",
        licence_version=given.licence_version if rules.licence else "",
        age_confirmed=given.age_confirmed,
        asked_at=now,
        settled_at=now if state is RegistrationState.ACCEPTED else None,
        by=by,
    )


def _checked(
    rules: Rules, *, name: str, division: str, answers: Mapping[str, Any], consent: Consent, papers: Papers
) -> tuple[dict[str, Any], str]:
    """The cleaned answers and name, or every fault at once."""
    problems: list[Problem] = list(papers.problems)
    refused = {one.where for one in problems}
    try:
        name = clean_group_name(name, rules.names)
    except RegistrationRefused as refusal:
        problems.append(Problem("name", refusal.message))
    known = [one.key for one in rules.divisions]
    if known and division not in known:
        problems.append(
            Problem("division", _("Choose one of {names}.", names=", ".join(known)), "invalid" if division else "required")
        )
    if division and not known:
        problems.append(Problem("division", _("This cycle has no divisions."), "unknown"))
    cleaned: dict[str, Any] = {}
    try:
        cleaned = check_answers(rules.form, {**answers, **papers.answers}, files=papers.attached)
    except AnswersRefused as refusal:
        faults = [Problem(f"answers.{one.where}", one.message, one.code) for one in refusal.problems]
        problems += [one for one in faults if one.where not in refused]  # a file that was refused is not also missing
    problems += consent_problems(rules, consent)
    if problems:
        message = " ".join(one.message for one in problems)
        raise RegistrationRefused(message, problems=problems)
    unfit = eligibility_problems(rules.eligibility, cleaned)
    if unfit:
        message = " ".join(one.message for one in unfit)
        raise NotEligible(message, problems=unfit)
    return cleaned, name


@transaction.atomic
def create_group(  # noqa: PLR0913 each part of a group is named
    cycle: Cycle,
    *,
    by: Any,
    name: str,
    captain: Person | None = None,
    kind: str = KIND,
    division: str = "",
    organization: Organization | None = None,
    affiliation: str = "",
    state: GroupState = GroupState.ACTIVE,
    key: str = "",
    predecessor: Group | None = None,
) -> Group:
    """A group with its captain, without a registration (organizers, and the next cycle, bring groups in so). Raises NameTaken."""
    cycle = locked(cycle)
    if named_alike(cycle, name, division=division) is not None:
        message = _('There is a team named "{name}" already.', name=name)
        raise NameTaken(message, where="name")
    group = Group.objects.create(
        cycle=cycle,
        key=key or free_key(cycle, name),
        name=name,
        kind=kind,
        division=division,
        organization=organization,
        predecessor=predecessor,
        state=state.value,
        invite_code=new_invite_code(),
    )
    if captain is not None:
        _lead(group, captain, affiliation=affiliation, by=by)
    return group


def _lead(group: Group, captain: Person, *, affiliation: str, by: Any) -> None:
    role = role_with(design_of(group.cycle).roles, Capability.CAPTAIN)
    held = [str(one) for one in role.capabilities]
    Membership.objects.create(
        cycle=group.cycle, group=group, person=captain, role=role.key, capabilities=held, affiliation=affiliation, since=db_now()
    )
    subject, payload = f"person:{captain.pk}", {"role": role.key}
    record(Kind.MEMBER_JOINED, cycle_id=group.cycle_id, group_id=group.pk, by=by, subject=subject, payload=payload)


@transaction.atomic
def complete(
    registration: Registration,
    *,
    by: Any,
    person: Person,
    division: str = "",
    answers: Mapping[str, Any] | None = None,
    consent: Consent | None = None,
    files: Mapping[str, Stream] | None = None,
) -> Registration:
    """The captain answers anew and accepts what holds now: for a pending registration, such as that of a team come over from the cycle
    before whose terms have changed. Then it is settled like a new one. Raises as `register` does; GroupRefused when it is not pending.
    """
    cycle = locked(registration.group.cycle)
    registration = Registration.objects.select_related("group__cycle").get(pk=registration.pk)
    if registration.state != RegistrationState.PENDING.value:
        message = _("This registration is {state} already.", state=registration.state)
        raise GroupRefused(message)
    entrance = door_of(cycle, db_now())
    if not entrance.open:
        raise DoorClosed(entrance.why)
    rules, group, given = design_of(cycle).registration, registration.group, consent or Consent()
    papers = examined(rules, files or {}, before=registration)
    cleaned, __ = _checked(rules, name=group.name, division=division, answers=answers or {}, consent=given, papers=papers)
    _move(group, division)
    registration.answers, registration.by, registration.reason = cleaned, person, ""
    registration.terms_version = given.terms_version if rules.terms else ""
    registration.licence_version = given.licence_version if rules.licence else ""
    registration.age_confirmed = given.age_confirmed
    registration.save(update_fields=["answers", "by", "reason", "terms_version", "licence_version", "age_confirmed"])
    keep(registration, papers)
    state = outcome(rules, taken=places_taken(cycle), approved=False)
    if state is not RegistrationState.PENDING:
        put(registration, state, by=by)
    return registration


def _move(group: Group, division: str) -> None:
    """Into another division, if no group there has the name."""
    if group.division == division:
        return
    if named_alike(group.cycle, group.name, division=division) is not None:
        message = _('There is a team named "{group}" in that division already.', group=group.name)
        raise NameTaken(message, where="division")
    group.division = division
    group.save(update_fields=["division"])
