"""What the team does with the feedback it got: beside the next version while it is written, and kept with it when it is handed in."""

from typing import Any, Final

from django.http import HttpRequest

from backend.api.permissions import access_of
from games.challenges.models import Challenge
from games.errors import GameError
from games.groups.models import Group
from games.judging.actions import feedback as said
from games.judging.models import Sheet
from games.judging.queries.replies import drafts_of, judge_named_to_team, to_use
from games.judging.rules.feedback import is_said
from games.organizations.models import Person
from games.permissions import visible
from games.submissions.models import Version
from games.submissions.queries import rules_of

USED: Final = "our.used."


def _sheets(request: HttpRequest, row: Challenge, group: Group) -> list[Sheet]:
    """The feedback of rounds published before, as the team reads it."""
    rows = visible(access_of(request), "sheet.view", to_use(group, row.round))
    return list(rows.select_related("challenge__round__cycle", "judge", "group").prefetch_related("marks"))


def feedback_for(request: HttpRequest, row: Challenge, group: Group) -> list[dict[str, Any]]:
    """What judges wrote before, each with what the team says it did with it so far: what was sent, else the draft."""
    sheets = _sheets(request, row, group)
    kept = drafts_of(group, sheets) if sheets else {}
    numbers: dict[int, int] = {}
    found = []
    for sheet in sheets:
        number = numbers[sheet.challenge_id] = numbers.get(sheet.challenge_id, 0) + 1
        titles = {one.key: one.title for one in rules_of(sheet.challenge)[1].marked_criteria}
        name = f"{USED}{sheet.pk}"
        found.append(
            {
                "name": name,
                "round": sheet.challenge.round,
                "number": number,
                "who": sheet.judge.name if judge_named_to_team(sheet) else "",
                "comment": sheet.comment,
                "remarks": [
                    (titles[one.criterion], one.comment)
                    for one in sheet.marks.all()
                    if is_said(one.comment) and one.criterion in titles
                ],
                "text": request.POST.get(name, kept.get(sheet.pk, "")),
            }
        )
    return found


def keep_uses(request: HttpRequest, row: Challenge, group: Group, person: Person | None) -> None:
    """Keep what was typed about the use of feedback, as long as the version is being written. What is refused stays in the browser."""
    sent = _sent(request)
    if not sent:
        return
    sheets = _sheets(request, row, group)
    kept = drafts_of(group, sheets)
    for sheet in sheets:
        text = sent.get(sheet.pk)
        if text is None or text == kept.get(sheet.pk, ""):
            continue
        try:
            said.draft_use(sheet=sheet, by=request.user, text=text, person=person)
        except GameError:
            continue


def record_uses(request: HttpRequest, row: Challenge, group: Group, version: Version, person: Person | None) -> None:
    """Keep what the team did with feedback beside the version that was just handed in. Raises ReplyRefused."""
    sent = _sent(request)
    for sheet in _sheets(request, row, group) if sent else ():
        if is_said(text := sent.get(sheet.pk, "")):
            said.record_use(sheet=sheet, version=version, by=request.user, text=text, person=person)


def _sent(request: HttpRequest) -> dict[int, str]:
    """Sheet → what was typed."""
    found = {name.removeprefix(USED): str(text) for name, text in request.POST.dict().items() if name.startswith(USED)}
    return {int(number): text for number, text in found.items() if number.isascii() and number.isdigit() and len(number) < 18}  # noqa: PLR2004 digits of an id


def uses_written(group: Group, row: Challenge) -> dict[str, str]:
    """What is kept of it, by sheet: for another page of the same draft."""
    sheets = list(to_use(group, row.round))
    return {str(pk): text for pk, text in drafts_of(group, sheets).items()} if sheets else {}
