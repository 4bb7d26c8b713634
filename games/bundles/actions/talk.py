"""What teams and judges said about feedback, brought in beside the sheets it is about."""

from games.bundles.actions.landing import Landing
from games.judging.models import FeedbackReply, Sheet

BATCH = 1000


def load_replies(landing: Landing) -> None:
    """Replies with the time at which they were said. That each has its sheet was checked."""
    rows = landing.bundle.tables.replies.rows
    if not rows:
        return
    places = ("challenge_id", "group_id", "panel", "judge_id", "pk")
    sheets = {
        place: pk
        for *place_, pk in Sheet.objects.filter(challenge__in=landing.challenges.values()).values_list(*places)
        for place in [tuple(place_)]
    }
    made = FeedbackReply.objects.bulk_create(
        [
            FeedbackReply(
                sheet_id=sheets[
                    landing.challenges[row.round, row.challenge],
                    landing.groups[row.group],
                    row.panel,
                    landing.people[row.judge].pk,
                ],
                kind=row.kind,
                text=row.text,
                version_id=landing.versions.get((row.used_round, row.used_challenge, row.group, row.version))
                if row.version
                else None,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    for reply, row in zip(made, rows, strict=True):
        reply.at = row.at or landing.now
    FeedbackReply.objects.bulk_update(made, ["at"], batch_size=BATCH)
