"""What the full house was recognized for, and how it looks back: a row of each for every group."""

from typing import Any

from django.utils.timezone import now

from games.credentials.models import Credential
from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas.models import Idea
from games.progression.models import Carried
from games.recognition.models import Credit, CreditLine, EarnedBadge, GrantPass, LearningWeek, Points, PointsTotal, WatchFlag, Win
from games.retrospectives.models import Adoption, Proposal, Retrospective


def recognized(idea: Idea, group: Group, number: int) -> None:
    """Points and credit for `idea`, a badge, a credential, a win, a week, a flag, an award that passed by, something brought along."""
    cycle, at = group.cycle, now()
    what: dict[str, Any] = {"cycle": cycle, "group": group}
    own = Points.objects.create(**what, seal=7, rule="enter", subject=f"submission:{number}", design_number=1, amount=5, at=at)
    PointsTotal.objects.create(**what, amount=5, last_at=at)
    back = Points.objects.create(**what, seal=8, rule="enter.credit", design_number=1, amount=1, at=at)
    credit = Credit.objects.create(points=back, award=own, exact="5/4", uncapped=1)
    CreditLine.objects.create(credit=credit, to=idea, depth=1, exact="5/4")
    EarnedBadge.objects.create(**what, badge="steady", design_number=1, seal=number, at=at)
    Credential.objects.create(**what, source="badge", key="steady", name="The same", title="Steady", state="issued", asked_at=at)
    GrantPass.objects.create(**what, award="gold", why="declined")
    Win.objects.create(**what, kind="first_test", key=str(number), seal=number, at=at)
    LearningWeek.objects.create(**what, week=at.date().replace(day=number), acts=1)
    WatchFlag.objects.create(cycle=cycle, number=number, kind="motion", key=str(number), found_at=at, seen_at=at)
    Carried.objects.create(**what, kind="points", was=10, amount=5, at=at)
    Adoption.objects.create(cycle=cycle, idea=idea, way="test", at=at)


def looked_back(*cycles: Cycle) -> None:
    """A retrospective of each; the first proposes three things."""
    first, *_ = [Retrospective.objects.create(cycle=one, state="ready", asked_at=now(), made_at=now()) for one in cycles]
    for number in range(1, 4):
        Proposal.objects.create(retrospective=first, number=number, section="rounds", code="longer", about=f"round-{number}")
