"""What decides whether an entry may change, what was handed in, whose files they are."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from django.db.models import Exists, F, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from games.challenges.models import Challenge
from games.cycles.models import Decision
from games.cycles.queries import design_of
from games.groups.models import Group
from games.partnerships.queries import lent
from games.playbooks.forms import Attached
from games.playbooks.schema import ChallengeDesign, Design
from games.rounds.models import Entrant, Extension, Round
from games.rounds.queries import is_restricted, left_by_decision, left_by_decision_of_row
from games.submissions.models import Attempt, Submission, Upload, Version
from games.submissions.rules import COUNTS, Occasion, extension_of
from games.submissions.rules.states import EntryRefused
from leaderboards.engine.language import gettext as _
from leaderboards.kept import Kept, KeptShapes

type Look = Callable[[], list[Any]]


def rules_of(challenge: Challenge) -> tuple[Design, ChallengeDesign]:
    """The Design the challenge's round runs under, and the challenge in it. Usually costs no statement."""
    design = design_of(challenge.round.cycle, challenge.round.design_number)
    spec = design.challenge(challenge.round.key, challenge.key)
    if spec is None:
        msg = _(
            'Design {design_number} has no challenge "{challenge}" in round "{round}".',
            design_number=challenge.round.design_number,
            challenge=challenge.key,
            round=challenge.round.key,
        )
        raise EntryRefused(msg)
    return design, spec


def _standing(round_: Any, group: str, group_key: str, left: QuerySet[Decision], task: Any) -> dict[str, Any]:
    """Annotations that say, in the same statement, what decides about a group at this moment. `round_`, `task`: a row, or the path to its id."""
    mine = {"round": round_, "group": OuterRef(group)}
    return {
        "now": Now(),
        "until": Subquery(Extension.objects.filter(**mine).values("until")[:1]),
        "entered": Exists(Entrant.objects.filter(**mine)),
        "left": Exists(left.filter(group=OuterRef(group_key))),
        "lent": lent(OuterRef(group), task),
    }


def locked_entry(submission: Submission | Look, *, with_uploads: bool = False) -> list[Any]:
    """The entry, locked, fresh, with its round, group and standing; one row, or one per upload (`upload`, `upload_field`, …).

    One statement. The row lock is what makes concurrent versions, pins and withdrawals of one entry follow each other. `submission` may be
    what gives the rows of `locking_with_uploads`, if whoever asks may have them; otherwise it raises.
    """
    if callable(submission):
        return submission()
    return (_locked_with_uploads if with_uploads else _locked)(submission.pk)


def locking(submissions: QuerySet[Submission]) -> QuerySet[Submission, Any]:
    """These entries as `locked_entry` gives one."""
    latest = Version.objects.filter(submission=OuterRef("pk")).order_by("-number")
    standing = _standing(
        OuterRef("challenge__round_id"),
        "group_id",
        "group__key",
        left_by_decision_of_row("challenge__round"),
        OuterRef("challenge_id"),
    )
    return (
        submissions.select_related("challenge__round__cycle", "group")
        .select_for_update(of=("self",), no_key=True)
        .annotate(**standing, fields_before=Subquery(latest.values("fields")[:1], output_field=JSONField()))
    )


def locking_with_uploads(submissions: QuerySet[Submission]) -> QuerySet[Submission, Any]:
    """These entries as `locked_entry` gives one with its uploads."""
    return locking(submissions).annotate(
        upload=F("uploads__pk"),
        upload_field=F("uploads__field"),
        upload_name=F("uploads__name"),
        upload_size=F("uploads__size"),
        upload_digest=F("uploads__digest"),
    )


_locked: Final[Kept[Submission, Any]] = Kept(lambda pk: locking(Submission.objects.filter(pk=pk)), int)
_locked_with_uploads: Final[Kept[Submission, Any]] = Kept(lambda pk: locking_with_uploads(Submission.objects.filter(pk=pk)), int)


def locked_group(challenge: Challenge, group: Group) -> Any:
    """The group, locked, with its standing in the challenge's round: entries and attempts of one group follow each other."""
    round_ = challenge.round
    values = [group.pk, challenge.pk, round_.pk, round_.cycle_id]
    found = _locked_groups.ask(round_.number, partial(_locking_group, round_.number), values)
    if not found:
        raise Group.DoesNotExist(group.pk)
    return found[0]


def _locking_group(number: int, group: int, challenge: int, round_: int, cycle: int) -> QuerySet[Group, Any]:
    """`number`: of the round. A cycle has few, so a statement is kept for each."""
    left = left_by_decision(Round(cycle_id=cycle, number=number))
    return (
        Group.objects.select_for_update(no_key=True)
        .annotate(
            **_standing(round_, "pk", "key", left, challenge),
            cycle_state=Subquery(Round.objects.filter(pk=round_).values("cycle__state")[:1]),
        )
        .filter(pk=group)
    )


_locked_groups: Final = KeptShapes()


def occasion(row: Any, *, group: Group, challenge: Challenge, cycle_state: str) -> Occasion:
    """The facts of a locked row as the rules take them."""
    return Occasion(
        now=row.now,
        cycle_state=cycle_state,
        clock=challenge.round.clock,
        group_state=group.state,
        until=row.until,
        entered=row.entered,
        restricted=is_restricted(challenge.round),
        left=row.left,
        division=challenge.division,
        group_division=group.division,
        lent=row.lent,
    )


def attachments(rows: Iterable[Any]) -> dict[int, Attached]:
    """The uploads among the rows of `locked_entry`."""
    return {
        row.upload: Attached(row.upload_field, extension_of(row.upload_name), row.upload_size)
        for row in rows
        if row.upload is not None
    }


def entries_of(group: Group) -> QuerySet[Submission]:
    """A group's entries in order of rounds and tasks."""
    return (
        Submission.objects.filter(group=group)
        .select_related("challenge__round", "pinned")
        .order_by("challenge__round__number", "challenge__number", "number")
    )


def with_versions(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Entries with their pinned version, challenge, round, cycle and group: three statements for any number of rows."""
    return submissions.select_related("challenge__round__cycle", "group", "pinned")


def counting(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Entries that count: handed in, and neither withdrawn nor disqualified."""
    return submissions.filter(state__in=[state.value for state in COUNTS])


def attempts_of(challenge: Challenge, group: Group) -> QuerySet[Attempt]:
    """A group's attempts at a challenge in order."""
    return Attempt.objects.filter(challenge=challenge, group=group).order_by("number")


def files_in(data: dict[str, Any], spec: ChallengeDesign) -> frozenset[int]:
    """Ids of the uploads that answers refer to."""
    keys = [field.key for field in spec.form if field.type == "file"]
    return frozenset(value for key in keys if isinstance(value := data.get(key), int))


def handed_in(upload: Upload) -> bool:
    """Whether a file is part of a version; until then only the group has it."""
    __, spec = rules_of(upload.submission.challenge)
    versions = Version.objects.filter(submission_id=upload.submission_id).values_list("data", flat=True)
    return any(upload.pk in files_in(data, spec) for data in versions)
