"""What an audience may choose among: public cards, in each voter's own order, under names that lead nowhere in a blind round."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.crypto import salted_hmac

from games.cycles.queries import design_of
from games.groups.models import Group
from games.judging.queries.ballots import Vote, ballots_of, in_order_for, not_for
from games.judging.rules.voting import VotingState
from games.judging.seating import entries_to_mark
from games.playbooks.rules import Visibility
from games.playbooks.schema import ChallengeDesign
from games.submissions.models import Submission
from games.submissions.queries import counting, is_blind, rules_of, with_ordinal
from games.submissions.queries.seeing import label_for

SUMMARY: Final = 180
WHOLE: Final = 360
LONG: Final = 2  # lines from which an answer is more than a title
SHOWN: Final[Mapping[Visibility, int]] = {Visibility.SUMMARIES: SUMMARY, Visibility.FULL: WHOLE, Visibility.FORKABLE: WHOLE}


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry as a voter sees it. `key` names it in forms; `own`: the voter's team, or one of their team-mates."""

    key: str
    group: Group
    label: str
    title: str = ""
    text: str = ""
    mine: bool = False
    refused: bool = False
    own: bool = False
    named: bool = True


def choice_key(challenge: int, panel: str, group: int) -> str:
    """How an entry is named in forms: it tells nothing of whose it is."""
    return salted_hmac("games.judging.choice", f"{challenge}:{panel}:{group}", algorithm="sha256").hexdigest()[:16]


def group_chosen(vote: Vote, key: str) -> Group | None:
    """The entry with this key; None for anything else."""
    task, panel = vote.challenge.pk, vote.panel.key
    return next((one for one in entries_to_mark(vote.challenge) if choice_key(task, panel, one.pk) == key), None)


def votes_left(vote: Vote, choices: Iterable[Choice]) -> int:
    """How many votes are left to who sees these choices."""
    return max(0, vote.panel.ballots - sum(1 for one in choices if one.mine))


def choices_for(vote: Vote, *, voter: str, persons: Collection[int] = ()) -> list[Choice]:
    """Every entry one may choose, in the order of this voter; none before voting has begun: they may still change.

    What a card says is what the round shows once it is published.
    """
    challenge = vote.challenge
    if vote.state is VotingState.NOT_YET:
        return []
    groups = in_order_for(entries_to_mark(challenge), challenge, vote.panel.key, voter)
    mine = ballots_of(challenge, vote.panel.key, persons) if persons else {}
    barred = not_for(persons, challenge.round.cycle_id) if persons else set()
    blind = is_blind(challenge.round)
    cards, ordinals = _cards(vote, blind=blind)
    found = []
    for group in groups:
        title, text = cards.get(group.pk, ("", ""))
        label = label_for(challenge.round, ordinals[group.pk]) if blind else group.name
        held = mine.get(group.pk)
        found.append(
            Choice(
                key=choice_key(challenge.pk, vote.panel.key, group.pk),
                group=group,
                label=label,
                title=title,
                text=text,
                mine=held is not None,
                refused=held is not None and held.refused_at is not None,
                own=group.pk in barred,
                named=not blind,
            )
        )
    return found


def _cards(vote: Vote, *, blind: bool) -> tuple[dict[int, tuple[str, str]], dict[int, int]]:
    """Group → title and beginning of its entry, as far as the rules show entries at all; in a blind round also as which it came.

    At most one statement.
    """
    round_ = vote.challenge.round
    spec = design_of(round_.cycle, round_.design_number).round(round_.key)
    most = SHOWN.get(Visibility(spec.visibility.value) if spec else Visibility.SEALED, 0)
    task = rules_of(vote.challenge)[1]
    if not task.form:
        came = Group.objects.filter(cycle=round_.cycle_id).order_by("pk").values_list("pk", flat=True) if blind else []
        return {}, {pk: number for number, pk in enumerate(came, start=1)}
    cards: dict[int, tuple[str, str]] = {}
    ordinals: dict[int, int] = {}
    if not most and not blind:
        return cards, ordinals
    rows: Any = counting(Submission.objects.filter(challenge=vote.challenge)).select_related("pinned").order_by("number")
    for one in with_ordinal(rows) if blind else rows:
        ordinals[one.group_id] = getattr(one, "ordinal", 0)
        if most and one.pinned is not None:
            cards[one.group_id] = _said(task, one.pinned.data, most, blind=blind)
    return cards, ordinals


def _said(task: ChallengeDesign, data: Mapping[str, Any], most: int, *, blind: bool) -> tuple[str, str]:
    """What an entry is called and how it begins: its first short text, and its first long one. Nothing that a blind round hides."""
    out = {"hidden"} if blind else {"only"}
    texts = [one for one in task.form if one.type.value == "text" and one.blind not in out and data.get(one.key)]
    short = next((str(data[one.key]) for one in texts if one.lines < LONG), "")
    long = next((str(data[one.key]) for one in texts if one.lines >= LONG), "")
    flat = " ".join(long.split())
    return short, flat if len(flat) <= most else f"{flat[:most].rsplit(' ', 1)[0]} …"
