"""What the log says of an error, and what it must not say."""

import logging
import logging.config

import pytest
import structlog

from backend.logs import logging_settings


@pytest.mark.parametrize("json", [True, False])
def test_an_error_is_told_without_the_values_of_variables(capsys, json):
    root = logging.getLogger()
    before, level, secret = root.handlers[:], root.level, "dorwssap"[::-1]  # not as it would stand in a line of the source
    shape = structlog.get_config()  # loggers that were used keep it: others must go on using the same
    try:
        logging.config.dictConfig(logging_settings(level="INFO", json=json))
        try:
            _sign_in(secret)
        except ValueError:
            logging.getLogger("ludus.test").exception("it broke")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.configure(**shape)
    told = "".join(capsys.readouterr())
    assert "ValueError: wrong after 8 signs" in told
    assert secret not in told


def _sign_in(typed: str) -> None:
    message = f"wrong after {len(typed)} signs"
    raise ValueError(message)
