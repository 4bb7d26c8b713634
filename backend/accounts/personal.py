"""Everything this instance knows of one person, as files to take away: JSON, and a page that says what is in it."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from django.db.models import Exists, OuterRef

from backend.accounts.models import ApiToken, User
from backend.accounts.personal_rows import rows
from backend.accounts.personal_words import arranged_by, talk_of
from games.credentials.models import Credential
from games.cycles.queries import design_of
from games.groups.models import JoinRequest, Membership, Registration
from games.ideas.models import IdeaDraft, IdeaVersion
from games.journal.models import JournalEntry
from games.judging.models import Concern, ConflictOfInterest, Remark, Sheet, Vote
from games.judging.queries.others import unnamed_to
from games.judging.rules import ConflictSource
from games.learning.models import ChangeTest, Observation
from games.learning.rules import number_of
from games.notices.models import Message, Notice
from games.notices.queries import wishes_of
from games.organizations.queries import people_of_user
from games.submissions.models import Attempt, Upload, Version
from games.submissions.queries import is_blind
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop
from leaderboards.engine.numbers import from_scaled, text

README: Final = gettext_noop("""What is known of you here
=========================

Made for {name} ({email}) at {at} UTC. Times are UTC, numbers are written as text.

profile.json       your account and how you wish to hear of things
parts.json         cycles and teams you are or were in, registrations and requests you made
entries.json       versions and tries you handed in, files you uploaded (their names, sizes and digests)
marks.json         sheets, marks, notes and comments you wrote as a judge, and what they said before they were opened again;
                   your votes, conflicts you have, what you said when judges talked, who you said should not judge your team
ideas.json         ideas you shared (every version in your words), drafts of ideas, tests of change you planned in teams you are in,
                   values you measured
talk.json          threads and posts you wrote, thanks you gave, what you follow, reports and appeals you made
together.json      office hours you offered or booked and notes you wrote about them, suggestions to the rules, partnerships you
                   proposed or answered, what you asked peers, what you said your team takes from others
credentials.json   certificates and badges in your own name, with what was signed
notices.json       notices on the page and mails you were sent; a one-time link in a mail is not kept
tokens.json        tokens for programs you made (their secrets are not kept)
acts.json          what the journal holds under your pseudonym: kind, time, subject

Marks, and conflicts with those you marked, name no team in a round that is still blind.
""")


def personal_data(user: User) -> dict[str, Any]:
    """File name → its content. A fixed number of statements, but for the rules of each cycle marked in."""
    persons = [one.pk for one in people_of_user(user)]
    return {
        "profile.json": _profile(user),
        "parts.json": _parts(persons),
        "entries.json": _entries(persons),
        "marks.json": _marks(persons),
        "ideas.json": _ideas(persons),
        "talk.json": talk_of(persons),
        "together.json": arranged_by(persons),
        "credentials.json": rows(
            Credential.objects.filter(person__in=persons).order_by("pk"),
            *("public_id", "title", "name", "claim", "token", "state", "asked_at", "issued_at", "revoked_at", "reason"),
            cycle="cycle__key",
            group="group__name",
        ),
        "notices.json": _notices(user, persons),
        "tokens.json": rows(
            ApiToken.objects.filter(user=user).order_by("pk"),
            "name",
            "hint",
            "cycles",
            "capabilities",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ),
        "acts.json": rows(
            JournalEntry.objects.filter(actor=user.pseudonym).order_by("pk"), "kind", "at", "subject", "cycle_id", "channel"
        ),
    }


def personal_zip(user: User, *, at: Any) -> bytes:
    """The same as a zip with a README."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _(README, name=user.name or user.email, email=user.email, at=f"{at:%Y-%m-%d %H:%M}"))
        for name, data in personal_data(user).items():
            archive.writestr(name, orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
    return content.getvalue()


def _profile(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "email": user.email,
        "timezone": user.timezone,
        "joined": user.date_joined,
        "email_confirmed": user.email_confirmed_at,
        "last_sign_in": user.last_login,
        "may_launch": user.may_launch,
        "pseudonym": user.pseudonym,
        "people": rows(people_of_user(user), "key", "name", "email", "claimed_at", organization="organization__name"),
        "mails": {topic.value: pace.value for topic, pace in wishes_of(user).items()},
    }


def _parts(persons: Iterable[int]) -> dict[str, Any]:
    mine = list(persons)
    held = Membership.objects.filter(person__in=mine).order_by("since", "pk")
    asked = Registration.objects.filter(by__in=mine).order_by("pk")
    wished = JoinRequest.objects.filter(person__in=mine).order_by("pk")
    where = {"cycle": "cycle__key", "group": "group__name"}
    return {
        "memberships": rows(held, "role", "capabilities", "affiliation", "since", "until", **where),
        "registrations": rows(asked, "state", "answers", "terms_version", "age_confirmed", "asked_at", group="group__name"),
        "requests": rows(wished, "message", "state", "asked_at", "settled_at", group="group__name"),
    }


def _entries(persons: Iterable[int]) -> dict[str, Any]:
    mine = list(persons)
    where = {"cycle": "submission__challenge__round__cycle__key", "challenge": "submission__challenge__name"}
    versions = Version.objects.filter(by__in=mine).order_by("at", "pk")
    files = Upload.objects.filter(by__in=mine).order_by("at", "pk")
    tries = Attempt.objects.filter(by__in=mine).order_by("pk")
    told = {"cycle": "challenge__round__cycle__key", "challenge": "challenge__name", "group": "group__name"}
    return {
        "versions": rows(versions, "number", "data", "note", "digest", "at", group="submission__group__name", **where),
        "files": rows(files, "field", "name", "size", "content_type", "digest", "at", **where),
        "tries": rows(tries, "number", "at", "elapsed_ms", "verdict", "answer", **told),
    }


def _ideas(persons: Iterable[int]) -> dict[str, Any]:
    mine = list(persons)
    versions = IdeaVersion.objects.filter(by__in=mine).order_by("at", "pk")
    drafts = IdeaDraft.objects.filter(person__in=mine).order_by("pk")
    still = Membership.objects.filter(person__in=mine, group=OuterRef("group"), until__isnull=True)
    tests = ChangeTest.objects.filter(Exists(still), by__in=mine).order_by("pk")
    values = Observation.objects.filter(by__in=mine).order_by("pk")
    where, words = {"cycle": "cycle__key", "group": "group__name"}, ("title", "prediction", "done", "data", "learned")
    of = {"cycle": "idea__cycle__key", "idea": "idea__number"}
    return {
        "versions": rows(versions, "number", "title", "summary", "parts", "note", "at", **of),
        "drafts": rows(drafts, "content", "saved_at", **where),
        "tests": rows(tests, "number", *words, "state", "act", "created_at", **where),
        "values": [
            one | {"value": text(number_of(one["value"]))}
            for one in rows(values, "measure", "period", "value", "note", "at", "replaced_at", cycle="cycle__key")
        ],
    }


def _marks(persons: Iterable[int]) -> dict[str, Any]:
    mine = list(persons)
    sheets = (
        Sheet.objects.filter(judge__in=mine).select_related("challenge__round__cycle", "group").prefetch_related("marks", "past")
    )
    votes = Vote.objects.filter(judge__in=mine).select_related("challenge__round__cycle", "a", "b")
    conflicts = ConflictOfInterest.objects.filter(person__in=mine).order_by("pk")
    unnamed = unnamed_to(mine)
    told = [_own_words(one) for one in rows(conflicts, "reason", "source", "declared_at", group="group__name", pk="group_id")]
    raised = Concern.objects.filter(person__in=mine).order_by("pk")
    remarks = Remark.objects.filter(person__in=mine).order_by("pk")
    return {
        "sheets": [_sheet(one) for one in sheets.order_by("pk")],
        "votes": [_vote(one) for one in votes.order_by("pk")],
        "conflicts": [{**one, "group": None if one.pop("pk") in unnamed else one["group"]} for one in told],
        "concerns": rows(raised, "words", "said_at", "answer", "settled_at", group="group__name"),
        "remarks": rows(remarks, "text", "at", challenge="deliberation__challenge__name"),
    }


def _own_words(conflict: dict[str, Any]) -> dict[str, Any]:
    """A conflict with its reason where the judge gave it: what a team or an organizer wrote was not written for them."""
    source = conflict.pop("source")
    return conflict | {"reason": conflict["reason"] if source == ConflictSource.JUDGE.value else ""}


def _sheet(sheet: Sheet) -> dict[str, Any]:
    round_ = sheet.challenge.round
    return {
        "cycle": round_.cycle.key,
        "challenge": sheet.challenge.name,
        "group": None if is_blind(round_) else sheet.group.name,
        "panel": sheet.panel,
        "state": sheet.state,
        "final_at": sheet.final_at,
        "comment": sheet.comment,
        "note": sheet.note,
        "reason": sheet.reason,
        "flag": sheet.flag,
        "marks": [
            {
                "criterion": one.criterion,
                "value": None if one.value is None else text(from_scaled(one.value, design_of(round_.cycle).mark_decimals)),
                "state": one.state,
                "comment": one.comment,
            }
            for one in sheet.marks.all()
        ],
        "before": [
            {
                "final_at": one.final_at,
                "opened_at": one.opened_at,
                "reason": one.reason,
                "comment": one.comment,
                "marks": one.marks,
            }
            for one in sheet.past.all()
        ],
    }


def _vote(vote: Vote) -> Mapping[str, Any]:
    round_, blind = vote.challenge.round, is_blind(vote.challenge.round)
    names = {"a": None if blind else vote.a.name, "b": None if blind else vote.b.name}
    return {"cycle": round_.cycle.key, "challenge": vote.challenge.name, "outcome": vote.outcome, "at": vote.at, **names}


def _notices(user: User, persons: Iterable[int]) -> dict[str, Any]:
    told = Notice.objects.filter(person__user=user).order_by("pk")
    mails = Message.objects.filter(person__in=list(persons)).order_by("pk")
    return {
        "notices": rows(told, "topic", "text", "path", "created_at", "read_at"),
        "mails": rows(mails, "to", "kind", "subject", "body", "state", "created_at", "sent_at"),
    }
