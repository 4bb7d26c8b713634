"""What was measured of the demo's aims, and what its teams tried: values with their sources, tests on their way and finished."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from games.cycles.models import Cycle
from games.groups.models import Group
from games.learning import actions
from games.learning.models import ChangeTest
from games.learning.rules import Act

WATER: Final = (
    (0, "31", "Attendance and water books of all forty schools, collected by the health office."),
    (120, "38.5", "The same books after the first term; two schools sent none."),
    (240, "46", "Counted by the parents' councils on one day at each school."),
    (330, "52.5", "The same books after the third term, all forty schools."),
)
"""Days after the beginning, value, source: of the edition before."""
NOW: Final = ((1, "52.5", "Where the edition before ended: the water books of all forty schools."),)
WAITING: Final = (
    (1, "25", "Stopwatch at the three desks, 120 arrivals in one week."),
    (13, "22.5", "Stopwatch at the three desks, 112 arrivals in one week."),
)
TESTS: Final[tuple[tuple[str, dict[str, str], Act | None], ...]] = (
    (
        "ward-seven",
        {
            "title": "A second chair at the desk",
            "prediction": "People who fill in the form sitting down need 11 minutes instead of 14.",
            "done": "A second chair from the storeroom, on Tuesday and Wednesday, at the north desk only.",
            "data": "11 minutes in the mean of 40 arrivals; 14 the week before.",
            "learned": "It was not the chair: with the papers on their knees people stopped asking the same thing twice.",
        },
        Act.ADOPT,
    ),
    (
        "ward-seven",
        {
            "title": "The form in two languages",
            "prediction": "Half as many people ask us to read the form to them.",
            "done": "Printed it in English and Tigrinya and laid both out from Monday on.",
        },
        None,
    ),
    (
        "quiet-hands",
        {
            "title": "Bandages at both ends of the ward",
            "prediction": "One kilometre less on foot in a shift.",
            "done": "A second box, filled each morning by whoever opens.",
            "data": "2.6 kilometres instead of 3.1; on two of five days the second box was empty by ten.",
            "learned": "Two boxes need one person who looks after them. Without one we walk to both.",
        },
        Act.ADAPT,
    ),
    ("early-birds", {"title": "A sign at the door", "prediction": "Twenty fewer calls between seven and eight."}, None),
)


def measured(cycle: Cycle, values: tuple[tuple[int, str, str], ...], start: datetime, by: Any) -> None:
    """Write down what was measured so many days after the beginning."""
    for days, value, note in values:
        day: date = (start + timedelta(days=days)).date()
        actions.record_observation(cycle=cycle, value=value, period=day, note=note, by=by)


def season_learned(cycle: Cycle, start: datetime, by: Any) -> None:
    """What the season measured, and the tests of its teams, made in its second week."""
    measured(cycle, WAITING, start, by)
    for number, (key, words, act) in enumerate(TESTS):
        group, at = Group.objects.get(cycle=cycle, key=key), start + timedelta(days=8, hours=5 * number)
        test = actions.plan_test(group=group, title=words["title"], prediction=words["prediction"], by=None)
        if "done" in words:
            test = actions.do_test(test, done=words["done"], by=None)
        if act is not None:
            test = actions.study_test(test, data=words["data"], learned=words["learned"], by=None)
            test = actions.act_on_test(test, act=act, by=None)
        began = at + timedelta(days=1) if test.began_at else None
        acted = at + timedelta(days=3) if test.acted_at else None
        ChangeTest.objects.filter(pk=test.pk).update(created_at=at, began_at=began, acted_at=acted)
