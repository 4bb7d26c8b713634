"""What was said, brought in as it was said; calls by name, thanks and follows begin anew."""

from typing import Final

from games.bundles.actions.landing import Landing
from games.groups.models import Group
from games.ideas.models import Idea
from games.talk.models import Post, Thread

BATCH: Final = 1000


def load_talk(landing: Landing) -> None:
    """Threads and their posts, after the ideas they are about."""
    rows, said = landing.bundle.tables.threads.rows, landing.bundle.tables.posts.rows
    if not rows:
        return
    ideas = dict(Idea.objects.filter(cycle=landing.cycle).values_list("number", "pk"))
    last = {row.thread: max(one.at or landing.now for one in said if one.thread == row.thread) for row in said}
    made = Thread.objects.bulk_create(
        [
            Thread(
                cycle=landing.cycle,
                number=row.number,
                kind=row.kind,
                title=row.title,
                group_id=landing.groups[row.group] if row.group else None,
                idea_id=ideas.get(row.idea),
                opened_at=row.opened or landing.now,
                last_at=last[row.number],
                due_at=row.due,
                replied_at=row.replied,
                answered_at=row.answered,
                hidden_at=row.hidden,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    threads = {one.number: one for one in made}
    posts = _posts(landing, threads)
    for row in rows:
        threads[row.number].accepted = posts.get((row.number, row.accepted))
        threads[row.number].asked.set(Group.objects.filter(pk__in=[landing.groups[key] for key in row.asked.split("|") if key]))
    Thread.objects.bulk_update(made, ["accepted"], batch_size=BATCH)


def _posts(landing: Landing, threads: dict[int, Thread]) -> dict[tuple[int, int], Post]:
    """Posts by thread and number. A correction comes after what it corrects."""
    rows = landing.bundle.tables.posts.rows
    found: dict[tuple[int, int], Post] = {}
    for corrections in (False, True):
        some = [row for row in rows if bool(row.corrects) is corrections]
        made = Post.objects.bulk_create(
            [
                Post(
                    thread=threads[row.thread],
                    number=row.number,
                    group_id=landing.groups[row.group] if row.group else None,
                    text=row.text,
                    at=row.at or landing.now,
                    corrects=found.get((row.thread, row.corrects)),
                    helpful_at=row.helpful,
                    hidden_at=row.hidden,
                )
                for row in some
            ],
            batch_size=BATCH,
        )
        found |= {(row.thread, row.number): one for row, one in zip(some, made, strict=True)}
    return found
