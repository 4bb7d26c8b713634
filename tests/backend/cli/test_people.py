"""``./run owner``: the first person of a new instance."""

import pytest
from click.testing import CliRunner

from backend.accounts.actions import sign_in_by_link
from backend.accounts.models import User
from backend.cli.people import owner

pytestmark = pytest.mark.django_db


def test_the_owner_gets_a_link_that_signs_in_once(client):
    result = CliRunner().invoke(owner, ["Root@Example.org"])
    assert result.exit_code == 0
    assert "root@example.org owns this instance and may launch cycles." in result.output
    user = User.objects.get()
    assert (user.email, user.is_superuser, user.may_launch) == ("root@example.org", True, True)
    link = result.output.split()[-1]
    assert client.get(link).status_code == 200
    assert sign_in_by_link(link.rstrip("/").rpartition("/")[2]).user == user


def test_what_is_no_address_is_refused_with_one_sentence():
    result = CliRunner().invoke(owner, ["nobody"])
    assert (result.exit_code, result.output) == (1, "An e-mail address like name@example.org is needed.\n")
    assert not User.objects.exists()
