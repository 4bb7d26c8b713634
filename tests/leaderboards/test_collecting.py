"""The collector comes back."""

import gc

import pytest

from leaderboards.collecting import uncollected


@uncollected()
def broken() -> None:
    assert not gc.isenabled()
    raise ValueError


def test_the_collector_comes_back_whatever_happens() -> None:
    with pytest.raises(ValueError):
        broken()
    assert gc.isenabled()
