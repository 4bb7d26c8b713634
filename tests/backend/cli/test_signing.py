"""``./run signing-key``: a new key, and the end of one that was stolen."""

import pytest
from click.testing import CliRunner

from backend.cli.signing import signing_key
from backend.env import SettingError, env_seed
from games.credentials.models import SigningKey
from games.credentials.rules.signing import key_of, seed_of
from tests.cast import Cast
from tests.factories.credentials import given, issued


def test_it_prints_a_key_that_can_be_set(monkeypatch):
    printed = CliRunner().invoke(signing_key).output.strip()
    assert key_of(seed_of(printed)).kid
    monkeypatch.setenv("LUDUS_SIGNING_KEY", printed)
    assert env_seed("LUDUS_SIGNING_KEY") == printed
    for wrong in ("short", "x" * 60, "not base64!"):
        monkeypatch.setenv("LUDUS_SIGNING_KEY", wrong)
        with pytest.raises(SettingError, match="32 random bytes") as found:
            env_seed("LUDUS_SIGNING_KEY")
        assert wrong not in str(found.value), "a secret is not repeated"


@pytest.mark.django_db
def test_a_stolen_key_is_withdrawn_with_a_reason(cast: Cast):
    issued(given(cast.red))
    kid = SigningKey.objects.get().kid
    refused = CliRunner().invoke(signing_key, ["--withdraw", kid])
    assert (refused.exit_code, SigningKey.objects.get().withdrawn_at) == (1, None)
    done = CliRunner().invoke(signing_key, ["--withdraw", kid, "--reason", "A laptop was stolen."])
    assert done.exit_code == 0
    assert SigningKey.objects.get().withdrawn_at is not None
    assert CliRunner().invoke(signing_key, ["--withdraw", kid, "--reason", "Again."]).exit_code == 1
