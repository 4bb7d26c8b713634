"""Which account runs a service: PostgreSQL refuses root, so root starts it as nobody."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def switch(self) -> dict[str, Any]:
        """The arguments of subprocess that change to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        os.chown(folder, self.uid, self.gid)


def unprivileged() -> Account | None:
    """``nobody`` when we are root; None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)
