"""What teams and judges said about feedback, as rows. Drafts stay where they are."""

from collections.abc import Iterator, Mapping
from datetime import UTC

from games.bundles.rows import ReplyRow
from games.judging.models import FeedbackReply
from games.judging.rules import ReplyKind


def reply_rows(units: Mapping[int, tuple[str, str]], groups: Mapping[int, str], people: Mapping[int, str]) -> Iterator[ReplyRow]:
    """Every thanks, question, answer, and use in a version that was handed in."""
    rows = FeedbackReply.objects.filter(sheet__challenge__in=units, sheet__group__in=groups).order_by("pk")
    drafts = rows.filter(kind=ReplyKind.USED.value, version__isnull=True).values("pk")
    for one in rows.exclude(pk__in=drafts).select_related("sheet", "version__submission"):
        sheet, version = one.sheet, one.version
        used = units.get(version.submission.challenge_id, ("", "")) if version is not None else ("", "")
        yield ReplyRow(
            *units[sheet.challenge_id],
            groups[sheet.group_id],
            people[sheet.judge_id],
            sheet.panel,
            one.kind,
            one.text,
            one.at.astimezone(UTC),
            *used,
            version.number if version is not None and used[0] else 0,
        )
