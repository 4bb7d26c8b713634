"""Playing a dry run to its end: each step by the real actions, the results by the real pipeline."""

import logging
from typing import Final

from django.db import transaction

from games.errors import GameError
from games.journal.actions import seal_pending
from games.progression.actions import rehearsing
from games.progression.models import Rehearsal
from games.recognition.actions import read_journal
from games.results.actions import request_settle
from games.results.models import RecomputeRun
from games.results.rules import RunKind, RunState
from games.rounds.models import Round
from worker.steps import do_step

logger = logging.getLogger(__name__)
ENDED: Final = {RunState.DONE.value, RunState.FAILED.value}


def rehearse(pk: int) -> bool:
    """Play on until the end, a fault, or until somebody else is at it. Returns whether the dry run is finished."""
    while (rehearsal := rehearsing.take_rehearsal(pk)) is not None:
        step = rehearsing.next_step(rehearsal)
        if step is None:
            rehearsing.step_done(rehearsal)
            return True
        try:
            if step.kind == "results" and not _settled(rehearsal, step.round):
                return False
            if step.kind == "results":
                rehearsing.step_done(rehearsal)
            else:
                rehearsing.play(rehearsal, step)
        except GameError as refusal:
            rehearsing.step_failed(rehearsal, f"{_words(step)}: {refusal.message}")
        except Exception as error:
            logger.exception("dry run %s stopped", pk)
            rehearsing.step_failed(rehearsal, f"{_words(step)}: {type(error).__name__}: {error}")
    return Rehearsal.objects.filter(pk=pk, finished_at__isnull=False).exists()


def _words(step: rehearsing.Step) -> str:
    return f"{step.kind} of {step.round}" if step.round else step.kind


def _settled(rehearsal: Rehearsal, key: str) -> bool:
    """Lock, results, standings, snapshot, awards, cut of a round. False while another process works on it: look again later."""
    cycle = rehearsal.cycle
    round_ = Round.objects.select_related("cycle").get(cycle=cycle, key=key)
    while seal_pending():
        pass
    while read_journal(cycle):
        pass
    asked = RecomputeRun.objects.filter(round=round_, kind=RunKind.SETTLE.value, publish=True).order_by("-pk").first()
    run = asked or request_settle(round_, by=rehearsal.asked_by, reason=rehearsing.REASON, publish=True)
    while run.state not in ENDED:
        done = do_step(run.pk)
        if done is None:
            with transaction.atomic():
                rehearsing.give_back(rehearsal)
            return False
        if done.error:
            raise GameError(done.error)
        run = done
    if run.state == RunState.FAILED.value:
        raise GameError(run.error)
    return True
