"""API tokens: made, noted when used, revoked."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from backend.accounts.models import ApiToken, User
from backend.accounts.rules import HINT_LENGTH, TOKEN_SEEN_EVERY, clean_name, digest_of, new_token, token_expiry
from games.cycles.models import Cycle
from games.errors import Conflict, Invalid, Problem
from games.groups.models import Membership
from games.journal.queries import db_now
from games.playbooks.rules import Capability
from leaderboards import readers
from leaderboards.engine.language import gettext as _

TOKENS_PER_USER = 50
TOKEN_NAME_LENGTH = 100


@transaction.atomic
def create_token(
    user: User,
    *,
    name: str,
    cycles: Sequence[int] = (),
    capabilities: Sequence[str] = (),
    expires: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for the user; returns the row and the token itself, which is shown this once and not kept.

    Empty `cycles`: good for all of the user's. Empty `capabilities`: all that the user has. Raises Invalid, Conflict (too many).
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    now = db_now()
    if ApiToken.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now).count() >= TOKENS_PER_USER:
        message = _("You have {tokens_per_user} tokens: revoke one that you no longer need.", tokens_per_user=TOKENS_PER_USER)
        raise Conflict(message)
    problems = [*_unknown_cycles(user, cycles), *_unknown_capabilities(capabilities)]
    if problems:
        raise Invalid(problems[0].message, problems=problems)
    secret = new_token()
    row = ApiToken.objects.create(
        user=user,
        name=clean_name(name)[:TOKEN_NAME_LENGTH],
        digest=digest_of(secret),
        hint=secret[:HINT_LENGTH],
        cycles=sorted(set(cycles)),
        capabilities=[one.value for one in Capability if one.value in capabilities],
        expires_at=token_expiry(expires, now=now),
    )
    return row, secret


def _unknown_cycles(user: User, cycles: Sequence[int]) -> list[Problem]:
    """Cycles the user has no part in look like cycles that do not exist."""
    mine = Membership.objects.filter(person__user=user, until__isnull=True, cycle_id__in=cycles).values("cycle_id")
    known = set(Cycle.objects.filter(pk__in=mine).values_list("pk", flat=True))
    return [Problem("cycles", _("You have no part in a cycle {one}.", one=one)) for one in sorted(set(cycles) - known)]


def _unknown_capabilities(capabilities: Sequence[str]) -> list[Problem]:
    known = {one.value for one in Capability}
    listed = ", ".join(one.value for one in Capability)
    return [
        Problem("capabilities", _('"{one}" is no capability; expected some of {listed}.', one=one, listed=listed))
        for one in sorted(set(capabilities) - known)
    ]


def note_use(token: ApiToken, *, now: datetime) -> None:
    """Remember when the token was last used, to the minute: a busy token costs one write a minute."""
    if token.last_used_at is not None and token.last_used_at > now - TOKEN_SEEN_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - TOKEN_SEEN_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke_token(token: ApiToken) -> None:
    """End a token at once. Harmless when repeated."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=db_now())
    transaction.on_commit(lambda: readers.changed([token.user_id]))
