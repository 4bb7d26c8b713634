"""Limits of what is read, and how a bundle is refused. Pure."""

from collections.abc import Iterable
from typing import Final

from games.errors import Conflict, Invalid, Problem, TooMany
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext

MEGABYTE: Final = 1024 * 1024
MAX_FILE: Final = 64 * MEGABYTE
MAX_TOTAL: Final = 256 * MEGABYTE
MAX_FILES: Final = 2_000
MAX_RATIO: Final = 200
RATIO_FROM: Final = MEGABYTE
MAX_CELL: Final = 131_072  # the limit of the csv module
MAX_ROWS: Final = 2_000_000
UNNAMED: Final = "unnamed"  # column of groups.csv: the key that stands for a group which keeps its name to itself
RESERVED: Final = frozenset({"group", "name", "division", UNNAMED})
SHOWN_PER_FILE: Final = 100


class BundleRefused(Invalid):
    """The bundle cannot be read as it is. `problems` lists every fault; nothing was written."""

    code = "bundle_refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = tuple(problems)
        faults = ngettext("1 fault", "{count} faults", len(found), count=len(found))
        super().__init__(
            _("The bundle has {faults}: {found}", faults=faults, found=found[0]), where=found[0].where, problems=found
        )


class FilesTooLarge(Conflict):
    """The files of the entries do not fit into a bundle."""

    code = "files_too_large"


class ExportBusy(TooMany):
    """The same bundle is being written for somebody else, or was a moment ago in another state."""

    code = "export_busy"


class Faults:
    """Collects the faults of one file; beyond a hundred it only counts."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.unsaid = 0

    def add(self, message: str, *, row: int | str | None = None, column: str | None = None) -> None:
        """One fault, at a row (the header is row 1; a text names another file and its row) and a column if it has one."""
        if len(self.problems) >= SHOWN_PER_FILE:
            self.unsaid += 1
            return
        place = row if isinstance(row, str) else self.file + (f" row {row}" if row else "")
        where = place + (f", column {column}" if column else "")
        self.problems.append(Problem(where, message))

    def all(self) -> list[Problem]:
        """The faults, the last of them saying how many more there are."""
        more = [Problem(self.file, _("and {unsaid} more faults of this file", unsaid=self.unsaid))] if self.unsaid else []
        return self.problems + more
