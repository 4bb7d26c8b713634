"""Loaded by Python at its start where this folder is on the path: the clock of this process is wrong by WRONG_CLOCK seconds."""

import datetime as dt
import os
import time

SHIFT = float(os.environ.get("WRONG_CLOCK", "0"))
_time, _time_ns, _datetime = time.time, time.time_ns, dt.datetime


class _Alike(type):
    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, _datetime)

    def __subclasscheck__(cls, one: type) -> bool:
        return issubclass(one, _datetime)


class WrongDatetime(_datetime, metaclass=_Alike):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return _datetime.now(tz) + dt.timedelta(seconds=SHIFT)

    @classmethod
    def utcnow(cls) -> dt.datetime:
        return _datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(seconds=SHIFT)


if SHIFT:
    time.time = lambda: _time() + SHIFT
    time.time_ns = lambda: _time_ns() + int(SHIFT * 1e9)
    dt.datetime = WrongDatetime
