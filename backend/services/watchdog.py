"""Ends what the supervisor started when the supervisor itself is killed and can clean up nothing.

Run as a script. Standard input is a pipe from the supervisor: ``+ PID SIGNAL`` for a process group that began, ``- PID`` for one that ended.
The kernel closes the pipe when the supervisor dies, however it dies; whatever is still on the list is then ended.
"""

import contextlib
import os
import signal
import sys
import time

GRACE = 5.0


def gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def end(groups: dict[int, int]) -> None:
    """The polite signal for the leader of each group, and after a grace period SIGKILL for all of it."""
    for group, number in groups.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(group, number)
    limit = time.monotonic() + GRACE
    while time.monotonic() < limit and not all(gone(group) for group in groups):
        time.sleep(0.05)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        sign, pid, *number = line.split()
        if sign == "+":
            groups[int(pid)] = int(number[0])
        else:
            groups.pop(int(pid), None)
    end(groups)


if __name__ == "__main__":
    main()
