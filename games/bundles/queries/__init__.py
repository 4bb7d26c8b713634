"""Reads of bundles: a cycle from the database as a Bundle, for organizers."""

from games.bundles.queries.cycle import blind_labels, bundle_of, decided_in_public, entrants_by_round
from games.bundles.queries.kept import contents_of

__all__ = ["blind_labels", "bundle_of", "contents_of", "decided_in_public", "entrants_by_round"]
