"""What the person who asks may know of an entry: whose it is, how it and its files are called."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Count, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from games.cycles.queries import design_of
from games.groups.models import Group, Membership
from games.organizations.models import Person
from games.playbooks.schema import ChallengeDesign, FormField
from games.rounds.models import Round
from games.submissions.models import Submission, Upload, Version
from games.submissions.queries.standing import files_in, rules_of
from games.submissions.rules import blind_label, blind_name, shown_blind
from leaderboards.engine.numbers import from_scaled, text

if TYPE_CHECKING:
    from games.permissions import Access


def is_blind(round_: Round) -> bool:
    """Whether judges must not know whose entries they mark: until the round is published."""
    return round_.published_at is None and judged_blind(round_)


def judged_blind(round_: Round) -> bool:
    """Whether the round is, or was, judged without names."""
    spec = design_of(round_.cycle, round_.design_number).round(round_.key)
    return spec is not None and spec.blind


def with_ordinal[M: Model](rows: QuerySet[M], group: str = "group") -> QuerySet[M]:
    """Annotate `ordinal`: as which group of its cycle it came, from 1. What `label_for` shuffles."""
    before = (
        Group.objects.filter(cycle_id=OuterRef(f"{group}__cycle_id"), pk__lte=OuterRef(f"{group}_id"))
        .order_by()
        .values("cycle_id")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return cast("QuerySet[M]", rows.annotate(ordinal=Coalesce(Subquery(before, output_field=IntegerField()), Value(0))))


def label_for(round_: Round, ordinal: int) -> str:
    """What judges of a blind round see instead of the group's name. The secret of the instance keeps anyone from computing it back."""
    return blind_label(ordinal, blind_secret(round_))


def blind_secret(round_: Round) -> bytes:
    """What shuffles the numbers of a round: another one for each."""
    return salted_hmac("games.submissions.blind", f"{round_.cycle_id}:{round_.key}", algorithm="sha256").digest()


@dataclass(frozen=True, slots=True)
class Eyes:
    """How one person sees one entry. `names`: whose it is. `own`: it is their group's. `blind`: the round is, or was, judged blind."""

    own: bool
    organizes: bool
    names: bool
    blind: bool = False

    def sees(self, field: FormField) -> bool:
        """Whether the answer to this question of the form is shown."""
        return shown_blind(field.blind, inside=self.own or self.organizes, names=self.names, blind=self.blind)

    def form(self, spec: ChallengeDesign) -> tuple[FormField, ...]:
        """The questions of a task whose answers are shown."""
        return tuple(field for field in spec.form if self.sees(field))


def eyes(access: "Access", round_: Round, group_id: int) -> Eyes:
    """In a blind round nobody but the group and organizers sees names, until the round is published."""
    own = group_id in access.groups
    organizes = access.reads(round_.cycle_id)
    blind = judged_blind(round_)
    return Eyes(own=own, organizes=organizes, names=own or organizes or not blind or round_.published_at is not None, blind=blind)


def label_of(seen: Eyes, round_: Round, group: Group, ordinal: int) -> str:
    """What the entry is called: the group's name, or Entry 7."""
    return group.name if seen.names else label_for(round_, ordinal)


def named_rows(access: "Access", round_: str, group: str = "group") -> Q:
    """Rows whose group the person may know for sure, whether or not their round is blind: a filter by group sees only these."""
    return (
        Q(**{f"{group}__in": access.groups_with()})
        | Q(**{f"{round_}__cycle__in": access.reads_whole()})
        | Q(**{f"{round_}__published_at__isnull": False})
    )


def acting(access: "Access", group: str = "group_id") -> Subquery:
    """Id of the person as whom the user acts for the row's group."""
    mine = Membership.objects.filter(group=OuterRef(group), person__in=sorted(access.persons), until__isnull=True)
    return Subquery(mine.order_by("pk").values("person_id")[:1])


def person_of(row: Any) -> Person | None:
    """The person in the annotation `me`, by id alone: enough to name them in a foreign key."""
    return None if row.me is None else Person(pk=row.me)


def file_data(upload: Upload, seen: Eyes) -> dict[str, Any]:
    """A file as this person sees it."""
    return {
        "id": upload.pk,
        "field": upload.field,
        "name": upload.name if seen.names else blind_name(upload.field, upload.name),
        "size": upload.size,
        "content_type": upload.content_type,
        "digest": upload.digest,
        "at": upload.at if seen.names else None,
    }


def version_data(version: Version, submission: Submission, seen: Eyes) -> dict[str, Any]:
    """A version as this person sees it; `submission` comes with its challenge, round, cycle and uploads. Numbers are number text.

    Who must not know whose it is gets neither what the form hides nor what would give it away: when it came, what was noted, a digest
    of answers that could be guessed.
    """
    design, spec = rules_of(submission.challenge)
    shown = {field.key for field in seen.form(spec)}
    hidden = {field.key for field in spec.form} - shown
    data = {key: value for key, value in version.data.items() if key not in hidden}
    used = files_in(data, spec)
    return {
        "id": version.pk,
        "submission": version.submission_id,
        "number": version.number,
        "digest": version.digest if seen.names else "",
        "at": version.at if seen.names else None,
        "note": version.note if seen.names else "",
        "data": data,
        "numbers": {
            key: text(from_scaled(value, design.mark_decimals)) for key, value in version.fields.items() if key not in hidden
        },
        "files": [file_data(one, seen) for one in submission.uploads.all() if one.pk in used],
    }
