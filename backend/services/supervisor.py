"""Starts the parts of the house, ends all of them together, and leaves no process behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from backend.services.accounts import Account

GRACE = 10.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked the supervisor to stop (Ctrl-C, SIGTERM). Not an error: the command ends with exit code 0."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class PartFailed(Exception):
    """A part did not start or ended by itself. The message names it and shows the end of its log."""


@dataclass
class Part:
    """One started program: the leader of its own process group, so that Ctrl-C reaches only the supervisor."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int
    log: Path | None
    base: bool

    def alive(self) -> bool:
        return self.process.poll() is None

    def failure(self) -> PartFailed:
        lines = self.log.read_text(errors="replace").splitlines()[-15:] if self.log and self.log.exists() else []
        return PartFailed("\n".join([f"{self.name} ended with code {self.process.poll()}.", *lines]))


class Supervisor:
    """A context manager. Inside it ``start`` parts and ``watch`` them; leaving it, however that happens, ends every part.

    ``base`` parts (Valkey, PostgreSQL) end after all others, so nobody loses the services while finishing work.
    A signal raises ``Stopped`` in the main thread; during ``start`` it waits until the new part is on the list.
    A part is asked politely to end and has ``grace`` seconds for what it has begun; ``killed`` names those that took longer.
    """

    def __init__(self, *, grace: float = GRACE) -> None:
        self.parts: list[Part] = []
        self.grace = grace
        self.killed: list[str] = []
        self._handlers: dict[int, object] = {}
        self._starting = False
        self._asked: int | None = None
        self._closing = False

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._handlers[number] = signal.signal(number, self._on_signal)
        script = Path(__file__).with_name("watchdog.py")
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing = True
        try:
            self._end([part for part in self.parts if not part.base])
            self._end([part for part in reversed(self.parts) if part.base])
        finally:
            if self._watchdog.stdin:
                self._watchdog.stdin.close()
            self._watchdog.wait()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)  # type: ignore[arg-type]

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
        account: Account | None = None,
        stop_signal: int = signal.SIGTERM,
        base: bool = False,
        cwd: Path | None = None,
    ) -> Part:
        """Start one program in its own session. ``env`` replaces the environment; without ``log`` it writes to our output."""
        with self._signals_wait(), contextlib.ExitStack() as files:
            output = files.enter_context(log.open("ab")) if log else None
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                start_new_session=True,
                **(account.switch() if account else {}),
            )
            part = Part(name, process, stop_signal, log, base)
            self.parts.append(part)
            self._tell_watchdog(f"+ {process.pid} {int(stop_signal)}")
        return part

    def watch(self, *, also: Sequence[Callable[[], None]] = (), interval: float = 0.1) -> None:
        """Until a signal raises ``Stopped`` or a part ends, which raises ``PartFailed``. ``also`` are called on each round."""
        while True:
            for call in also:
                call()
            for part in self.parts:
                if not part.alive():
                    raise part.failure()
            time.sleep(interval)

    def end(self, part: Part) -> None:
        """End one part and forget it."""
        self._end([part])

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._closing:
            return
        self._asked = number
        if not self._starting:
            raise Stopped(number)

    @contextlib.contextmanager
    def _signals_wait(self) -> Iterator[None]:
        self._starting = True
        try:
            yield
        finally:
            self._starting = False
        if self._asked is not None:
            raise Stopped(self._asked)

    def _end(self, parts: Sequence[Part]) -> None:
        """Ask the leaders; they end their own children, whom the same signal would stop in the middle of something."""
        for part in parts:
            with contextlib.suppress(ProcessLookupError):
                os.kill(part.process.pid, part.stop_signal)
        limit = time.monotonic() + self.grace
        for part in parts:
            try:
                part.process.wait(max(0.0, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.killed.append(part.name)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(part.process.pid, signal.SIGKILL)  # what is left of its group, too
            part.process.wait()
            self._tell_watchdog(f"- {part.process.pid}")
            self.parts.remove(part)

    def _tell_watchdog(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            if self._watchdog.stdin:
                self._watchdog.stdin.write(f"{line}\n".encode())
                self._watchdog.stdin.flush()
