"""What is in the demo: the examples, played to their published results, and the people who can sign in."""

from collections.abc import Callable
from typing import NamedTuple

Progress = Callable[[str, int, int], None]


class SignIn(NamedTuple):
    """Somebody the demo knows; shown when it is ready."""

    email: str
    password: str
    does: str


SIGN_INS: tuple[SignIn, ...] = ()


def load(progress: Progress) -> None:
    """Load what is not there yet; a second start finds everything and returns at once. ``progress(label, done, of)`` draws the bar."""
    progress("examples", 0, 0)
