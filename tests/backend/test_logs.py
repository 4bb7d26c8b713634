"""What the log says of an error, and what it must not say."""

import logging
import logging.config

import pytest

from backend.logs import logging_settings


@pytest.mark.parametrize("json", [True, False])
def test_an_error_is_told_without_the_values_of_variables(capsys, json):
    before = logging.getLogger().handlers[:]
    try:
        logging.config.dictConfig(logging_settings(level="INFO", json=json))
        try:
            _sign_in("a very secret password")
        except ValueError:
            logging.getLogger("ludus.test").exception("it broke")
    finally:
        logging.getLogger().handlers[:] = before
    told = "".join(capsys.readouterr())
    assert "ValueError" in told
    assert "a very secret password" not in told


def _sign_in(password: str) -> None:
    message = f"wrong after {len(password)} signs"
    raise ValueError(message)
