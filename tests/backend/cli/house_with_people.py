"""Puts a competition into the database of a served house and prints what a test needs of it, as one line of JSON.

`python -m tests.backend.cli.house_with_people`: an organizer with a token, judged rounds, live boards, and a recompute that waits.
"""

import json

import django

django.setup()

from backend.accounts.actions import create_token  # noqa: E402
from games.results.actions import request_refresh  # noqa: E402
from leaderboards.models import Board  # noqa: E402
from tests.cast import actor  # noqa: E402
from tests.factories.groups import MembershipFactory  # noqa: E402
from tests.factories.results import judge_final, water  # noqa: E402


def main() -> None:
    """Make it and tell."""
    played = water()
    judge_final(played)
    org = actor("org")
    MembershipFactory(group=None, cycle=played.cycle, person=org.person, role="organizer", capabilities=["organize"])
    _, token = create_token(org.user, name="ending")
    Board.objects.filter(scope=played.cycle.pk).update(live=True)
    run = request_refresh(played.cycle)
    told = {"cycle": played.cycle.pk, "board": played.board("result").pk, "run": run.pk, "token": token}
    print(json.dumps(told))  # noqa: T201 the parent reads it


if __name__ == "__main__":
    main()
