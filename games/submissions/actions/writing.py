"""What several writes of entries share: the check before, the next version, the receipt."""

from datetime import datetime
from typing import Any, Final

from games.challenges.models import Challenge
from games.groups.models import Group
from games.journal.actions import record
from games.journal.rules import Kind
from games.organizations.models import Person
from games.partnerships.queries import organizations_behind
from games.partnerships.rules import check_organizations
from games.submissions.models import Submission, Version
from games.submissions.queries import occasion, rules_of
from games.submissions.rules import EDITABLE, CapReached, EntryRefused, SubmissionState, check_open
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext
from leaderboards.kept_writes import KeptInsert

_put_version: Final = KeptInsert(Version, counted=("number", "submission"))


def check_editable(row: Any) -> None:
    """Refuse an entry (a row of `locked_entry`) that is withdrawn, disqualified or published, and a group that may not hand in now."""
    if row.state not in EDITABLE:
        msg = _("The entry is {state}: it changes no more.", state=row.state)
        raise EntryRefused(msg)
    check_open(occasion(row, group=row.group, challenge=row.challenge, cycle_state=row.challenge.round.cycle.state))


def check_behind(challenge: Challenge, group: Group) -> None:
    """Refuse where the task asks for entries of several organizations and fewer stand behind this one. No statement where it does not ask."""
    __, spec = rules_of(challenge)
    if spec.organizations > 1:
        check_organizations(spec.organizations, organizations_behind(challenge, group))


def check_room(challenge: Challenge, group: Group) -> None:
    """Refuse when the group (its row is held) has as many entries as the task allows; what was withdrawn does not count."""
    __, spec = rules_of(challenge)
    held = Submission.objects.filter(challenge=challenge, group=group).exclude(state=SubmissionState.WITHDRAWN.value)
    if held.count() >= spec.submissions:
        entries = ngettext("1 entry", "{submissions} entries", spec.submissions, submissions=spec.submissions)
        msg = _('A team may have {entries} in "{challenge}", and all are used.', entries=entries, challenge=challenge.key)
        raise CapReached(msg)


def next_version(
    row: Any, answers: dict[str, Any], fields: dict[str, int], digest: str, *, note: str, person: Person | None
) -> Version:
    """Insert under the next number, counted by the INSERT itself: it sees what was committed while we waited for the lock."""
    version = Version(
        submission_id=row.pk, number=0, data=answers, fields=fields, note=note, digest=digest, at=row.now, by=person
    )
    _put_version(version)
    return version


def receipt(entry: Submission, version: Version, *, by: Any, again: datetime | None = None) -> None:
    """Journal that a version was received: number, digest, the server's time. The mail is sent by whoever listens.

    `again`: since when a version counts once more that was received before.
    """
    round_ = entry.challenge.round
    record(
        Kind.SUBMISSION_RECEIVED,
        cycle_id=round_.cycle_id,
        by=by,
        group_id=entry.group_id,
        subject=f"submission:{entry.pk}",
        payload={
            "round": round_.key,
            "challenge": entry.challenge.key,
            "submission": entry.number,
            "version": version.number,
            "version_id": version.pk,
            "digest": version.digest,
            **({} if again is None else {"again": True}),
        },
        at=again or version.at,
    )
