"""What was measured, shared, tried, said and recognized in a cycle: every table of it against what is there."""

from collections.abc import Mapping

from games.bundles.bundle import Bundle
from games.bundles.helped import check_hours, check_peers
from games.bundles.learned import check_observations, check_studies, check_tests
from games.bundles.looked_back import NAMES as LOOKED_BACK
from games.bundles.looked_back import check_looked_back
from games.bundles.partners import check_partners
from games.bundles.places import Places
from games.bundles.rules import Faults
from games.bundles.shared import NAMES, check_answers, check_around, check_ideas
from games.bundles.suggested import check_suggestions
from games.bundles.tables import each
from games.bundles.talked import check_talk
from games.bundles.won import NAMES as WON
from games.bundles.won import check_prizes, check_won


def check_commons(bundle: Bundle, places: Places, faults: Mapping[str, Faults]) -> None:
    """What was measured, shared, studied, tried and said, who helped whom, who joined forces, and what people would change."""
    check_observations(places, each(bundle.tables.observations, faults["observations"]))
    check_ideas(bundle, places, each(bundle.tables.ideas, faults["ideas"]))
    check_around(bundle, places, {name: each(getattr(bundle.tables, name), faults[name]) for name in NAMES[1:]})
    check_answers(places, each(bundle.tables.risk_answers, faults["risk_answers"]))
    ideas = {row.number for row in bundle.tables.ideas.rows}
    check_studies(places, ideas, each(bundle.tables.readings, faults["readings"]), each(bundle.tables.taken, faults["taken"]))
    carried = {row.test for row in bundle.tables.carried.rows}
    check_tests(places, ideas, each(bundle.tables.change_tests, faults["change_tests"]), carried=carried)
    check_talk(places, ideas, each(bundle.tables.threads, faults["threads"]), each(bundle.tables.posts, faults["posts"]))
    people = {row.person for row in bundle.tables.people.rows}
    hours = {name: each(getattr(bundle.tables, name), faults[name]) for name in ("slots", "bookings", "session_notes")}
    check_hours(places, people, hours)
    check_peers(places, each(bundle.tables.peers, faults["peers"]), each(bundle.tables.peers_aside, faults["peers_aside"]))
    check_suggestions(places, each(bundle.tables.suggestions, faults["suggestions"]))
    check_partners(places, each(bundle.tables.partners, faults["partners"]))
    _check_recognized(bundle, places, faults)


def _check_recognized(bundle: Bundle, places: Places, faults: Mapping[str, Faults]) -> None:
    """What was recognized beside points and the game, and how the cycle looked back on itself."""
    tables = bundle.tables
    rows = {name: each(getattr(tables, name), faults[name]) for name in (*WON, *LOOKED_BACK)}
    ideas = {row.number for row in tables.ideas.rows}
    check_won(bundle, places, rows)
    check_prizes(tables.grants.rows, each(tables.bookings, faults["bookings"]))
    check_looked_back(ideas, rows)
