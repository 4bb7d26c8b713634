"""Tables and pitches of a hall, brought in as they stood."""

from games.bundles.actions.landing import Landing
from games.judging.models import Pitch, Stand
from games.rounds.models import Round

BATCH = 1000


def load_hall(landing: Landing) -> None:
    """Whose table is where, and who speaks when."""
    tables = landing.bundle.tables
    if not tables.stands.rows and not tables.pitches.rows:
        return
    rounds = dict(Round.objects.filter(cycle=landing.cycle).values_list("key", "pk"))
    stands = [
        Stand(
            round_id=rounds[row.round],
            group_id=landing.groups[row.group],
            number=row.table,
            location=row.location,
            absent_at=row.absent,
        )
        for row in tables.stands.rows
    ]
    pitches = [
        Pitch(
            round_id=rounds[row.round],
            group_id=landing.groups[row.group],
            panel=row.panel,
            room=row.room,
            starts_at=row.at,
            minutes=row.minutes,
        )
        for row in tables.pitches.rows
    ]
    Stand.objects.bulk_create(stands, batch_size=BATCH)
    Pitch.objects.bulk_create(pitches, batch_size=BATCH)
