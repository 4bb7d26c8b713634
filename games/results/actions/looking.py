"""Marks that an analysis finds far off are put before a human, as long as their round is not published."""

from django.db import transaction

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.judging.actions.reviewing import Far, ask_reviews
from games.judging.models import Sheet
from games.judging.rules import SheetState
from games.results.actions.analyses import Analyses
from games.results.queries.facts import judge_keys
from leaderboards.engine.numbers import parse


@transaction.atomic
def ask_for_looks(cycle: Cycle, found: Analyses) -> int:
    """Ask about what is new in these analyses, and forget what is far no more. Returns how many marks wait for a human.

    Three statements, and three for each panel that was analysed anew.
    """
    open_ = set(Challenge.objects.filter(round__cycle=cycle, round__published_at=None).values_list("pk", flat=True))
    places = {(task, panel): body for (task, panel), (body, _) in found.new.items() if task in open_}
    if not places:
        return 0
    keys = judge_keys(cycle)
    rows = Sheet.objects.filter(challenge__in={task for task, _ in places}, state=SheetState.FINAL.value)
    sheets = {
        (task, panel, group, keys[judge]): pk
        for task, panel, group, judge, pk in rows.values_list("challenge_id", "panel", "group__key", "judge_id", "pk")
        if judge in keys
    }
    waiting = 0
    for (task, panel), body in places.items():
        far = [
            Far(sheets[place], one["criterion"], round(100 * parse(one["distance"])))
            for one in body["outliers"]
            if (place := (task, panel, one["group"], one["judge"])) in sheets
        ]
        waiting += ask_reviews(challenge_id=task, panel=panel, found=far)
    return waiting
