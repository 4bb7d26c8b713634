"""Who has won what, and whom awards passed by, as somebody sees it."""

from typing import Final

from django.db.models import OuterRef, Q, Subquery

from backend.web import shapes
from games.credentials.models import Credential
from games.credentials.rules import CredentialState
from games.cycles.models import Cycle
from games.permissions import Access, visible
from games.playbooks.schema import Design
from games.recognition.models import Grant, GrantPass
from games.recognition.queries import passes_of
from games.recognition.rules import GrantState

PROOF: Final = {"person__isnull": True, "state": CredentialState.ISSUED.value, "group__rank_hidden": False}


def grants_shown(access: Access, cycle: Cycle) -> list[Grant]:
    """What was won, as this person sees it. A winner that keeps its name to itself stays among them, without its name: one statement."""
    here = Grant.objects.filter(cycle=cycle)
    won = Q(state__in=[GrantState.GRANTED.value, GrantState.DELIVERED.value], group__rank_hidden=True)
    rows = here.filter(Q(pk__in=visible(access, "grant.view", here).values("pk")) | won)
    proof = Credential.objects.filter(**PROOF, grant=OuterRef("pk")).order_by("-pk").values("public_id")[:1]
    found: list[Grant] = list(rows.annotate(shown_proof=Subquery(proof)).select_related("group").order_by("award", "pk"))
    for one in found:
        group = one.group
        if group and group.rank_hidden and group.pk not in access.groups and not access.reads(cycle.pk):
            one.group = shapes.unnamed_group(group)
    return found


def passes_shown(access: Access, cycle: Cycle, design: Design) -> list[GrantPass]:
    """Whom awards passed by, as this person may know it: one statement, or none where no award passes on."""
    passing = any(one.pass_on for one in design.awards)
    return list(visible(access, "grant_pass.view", passes_of(cycle))) if passing else []
