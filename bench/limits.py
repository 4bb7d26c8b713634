"""Addresses of the limits that `bench.web` serves beside the house. Apart from it, as whoever asks for them must not become a web process."""

from typing import Final

BARE: Final = "/bare"
FETCHED: Final = "/fetched"
HELD: Final = "/held"
WHOLE: Final = "/whole"
ALL: Final = frozenset({BARE, FETCHED, HELD, WHOLE})
