"""Teams of the demo help each other and their cycle: rules they suggest, an expert's office hours, an entry that two teams think about."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from games.challenges.models import Challenge
from games.coaching.actions import book, offer
from games.coaching.rules import Span
from games.cycles.models import Cycle
from games.groups.actions import appoint
from games.groups.models import Group
from games.organizations.models import Organization, Person
from games.partnerships.actions import propose_joint
from games.suggestions.actions import accept, suggest, support

HOURS: Final = (12, 13)
"""Days after the start on which the expert has time, from two o'clock, three times twenty minutes each."""
QUESTION: Final = (
    "How do we pay keepers for safe days without paying for the board? Two of ours wrote down chlorine that nobody had measured."
)
LONGER: Final = (
    "Ten days to appeal after the final",
    (
        "Last year two teams were at their schools when the final was published and saw their marks after the week was over. "
        "Whoever tests at a school on the dry side is away for eight days."
    ),
    [{"path": 'rounds["final"].appeal_days', "value": 10}],
)
TALLY: Final = (
    "Say in the brief whose tally counts",
    (
        "We counted safe days by the keeper's board, others by the school's register: in three schools they differ by a week. "
        "The summary should say that the register counts."
    ),
)
NOTE: Final = (
    "You know the schools on the dry side, we know how a thread fades. One entry, and the thread is tested where it is hottest."
)


def together(cycle: Cycle, start: datetime, people: Mapping[str, Any], house: Organization) -> None:
    """Some days into the call: nothing of it is over, so there is something to answer."""
    teams = {one.key: one for one in Group.objects.filter(cycle=cycle)}
    _suggested(cycle, people)
    _office_hours(cycle, start, people, house, teams["spring-keepers"])
    concept = Challenge.objects.get(round__cycle=cycle, round__key="call", key="concept")
    blue, bell = teams["blue-thread"], teams["morning-bell"]
    shares = {blue.pk: 6_000, bell.pk: 4_000}
    propose_joint(group=blue, lead=blue, challenge=concept, shares=shares, by=people["ben"], note=NOTE)


def _suggested(cycle: Cycle, people: Mapping[str, Any]) -> None:
    title, why, change = LONGER
    longer = suggest(cycle=cycle, title=title, why=why, change=change, by=people["ada"])
    support(suggestion=longer, by=people["ben"])
    accept(suggestion=longer, by=people["olga"], answer="Fair: it costs nobody anything. It holds from the next gate on.")
    title, why = TALLY
    tally = suggest(cycle=cycle, title=title, why=why, by=people["ben"])
    support(suggestion=tally, by=people["ada"])


def _office_hours(cycle: Cycle, start: datetime, people: Mapping[str, Any], house: Organization, first: Group) -> None:
    expert = Person.objects.get_or_create(organization=house, key="tesfaye-alemu", defaults={"name": "Tesfaye Alemu"})[0]
    appoint(cycle, expert, role="expert", by=people["olga"])
    minutes = timedelta(minutes=20)
    days = [start.replace(hour=14, minute=0) + timedelta(days=day) for day in HOURS]
    spans = [Span(day + n * minutes, day + (n + 1) * minutes) for day in days for n in range(3)]
    place, topics = "https://meet.example.org/hillside", "Chlorine, tanks, paying for results"
    slots = offer(cycle, expert=expert, spans=spans, by=people["olga"], place=place, topics=topics)
    book(slots[1], group=first, question=QUESTION, by=people["ada"])
