"""Reads of bundles: a cycle from the database as a Bundle, for organizers."""

from games.bundles.queries.cycle import blind_labels, bundle_of, decided_in_public, entrants_by_round
from games.bundles.queries.kept import check_room, contents_of
from games.bundles.queries.won import with_proofs

__all__ = [
    "blind_labels",
    "bundle_of",
    "check_room",
    "contents_of",
    "decided_in_public",
    "entrants_by_round",
    "with_proofs",
]
