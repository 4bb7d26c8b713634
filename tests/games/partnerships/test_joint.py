"""One entry of several teams: who hands in, how many organizations stand behind it, whose ideas come of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from games.groups.models import Group
from games.ideas.actions import name_entry, share_idea
from games.ideas.models import CreditShare
from games.ideas.queries import shares_of
from games.partnerships import actions
from games.partnerships.models import Partnership
from games.partnerships.queries import organizations_behind
from games.partnerships.rules import PartnershipRefused, PartnersNeeded
from games.rounds.rules import NotEntrant
from games.submissions.actions import open_entry, submit
from games.submissions.models import Submission
from tests.cast import Cast
from tests.factories.cycles import small
from tests.factories.ideas import telling
from tests.factories.organizations import OrganizationFactory
from tests.factories.partnerships import between_rounds, joint, merged
from tests.factories.submissions import ESSAY, entry, scene

pytestmark = pytest.mark.django_db


def handed_in(cast: Cast, group: Group) -> Any:
    made = open_entry(challenge=cast.concept, group=group, by=None)
    return submit(submission=made, by=None, data={})


def two(least: int = 2) -> Any:
    """A task for entries of two organizations, and two teams without one."""
    return scene(ESSAY | {"organizations": least}, groups=2)


def agreed(call: Any) -> Partnership:
    shares = {call.groups[0].pk: 7_000, call.groups[1].pk: 3_000}
    made = actions.propose_joint(group=call.groups[0], lead=call.groups[0], challenge=call.challenge, shares=shares, by=None)
    return actions.answer(partnership=made, group=call.groups[1], agree=True, by=None)


def test_alone_it_is_refused_and_with_a_team_of_another_organization_taken():
    call = two()
    with pytest.raises(PartnersNeeded, match="at least 2 organizations; 1 organization stands behind yours"):
        entry(call, call.groups[0])
    agreed(call)
    submit(submission=Submission.objects.get(group=call.groups[0]), by=None, data={"title": "On water"})
    assert Submission.objects.get(group=call.groups[0], state="submitted").pinned is not None


def test_two_teams_of_one_organization_are_one_organization():
    call = two()
    school = OrganizationFactory()
    Group.objects.update(organization=school)
    agreed(call)
    with pytest.raises(PartnersNeeded):
        entry(call, call.groups[0])
    assert organizations_behind(call.challenge, call.groups[0]) == {school.name.casefold()}


def test_who_agreed_that_another_hands_in_hands_in_nothing_of_its_own(cast: Cast):
    made = joint(cast)
    with pytest.raises(NotEntrant, match="Another team hands in for yours"):
        open_entry(challenge=cast.concept, group=cast.blue, by=None)
    handed_in(cast, cast.red)
    actions.withdraw(partnership=made, group=cast.blue, by=cast.ben.user)
    handed_in(cast, cast.blue)


def test_a_team_is_in_one_joint_entry_to_a_task(cast: Cast):
    joint(cast)
    with pytest.raises(PartnershipRefused, match="joint entry to this task already"):
        joint(cast, agreed=False)


def test_after_the_round_it_is_neither_agreed_nor_left(cast: Cast):
    made, waiting = joint(cast), None
    cast.call.locked_at = now() - timedelta(minutes=1)
    cast.call.save()
    with pytest.raises(PartnershipRefused, match="what was handed in together stays"):
        actions.withdraw(partnership=made, group=cast.blue, by=None)
    with pytest.raises(PartnershipRefused, match="takes no entries any more"):
        waiting = joint(cast)
    assert waiting is None


def test_an_idea_from_a_joint_entry_credits_all_by_the_split(cast: Cast):
    joint(cast)
    version = handed_in(cast, cast.red)
    cast.publish(cast.call, "forkable")
    idea = name_entry(version.submission, by=cast.eve.user)
    assert shares_of(idea) == {cast.red.pk: 6_000, cast.blue.pk: 4_000}


def test_what_the_lead_shares_after_a_merger_credits_both_and_what_it_made_before_does_not(cast: Cast):
    alone = handed_in(cast, cast.red).submission
    Submission.objects.filter(pk=alone.pk).update(submitted_at=now() - timedelta(days=1))
    before = share_idea(cycle=cast.cycle, group=cast.red, told=telling("Before"), by=cast.ada.user)
    between_rounds(cast)
    cast.call.visibility = "forkable"
    cast.call.save()
    merged(cast)
    after = share_idea(cycle=cast.cycle, group=Group.objects.get(pk=cast.red.pk), told=telling("After"), by=cast.ben.user)
    assert shares_of(before) == {cast.red.pk: 10_000}
    assert shares_of(after) == {cast.red.pk: 6_000, cast.blue.pk: 4_000}
    assert shares_of(name_entry(alone, by=cast.ada.user)) == {cast.red.pk: 10_000}
    assert CreditShare.objects.count() == 2


def test_the_design_says_how_many_organizations(cast: Cast):
    from games.playbooks.schema import parse_design
    from tests.factories.cycles import START

    asked = small()
    asked["challenges"][0]["organizations"] = 2
    assert parse_design(asked, start=START).challenges[0].organizations == 2
