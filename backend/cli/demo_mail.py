"""The demo sends no mail: it prints each one on the terminal, so that links in it can be clicked."""

from pathlib import Path

import click


class MailPrinter:
    """Follows the folder where Django's file mailer writes, and prints what is new."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._seen = {path: path.stat().st_size for path in folder.glob("*.log")}

    def print_new(self) -> None:
        for path in sorted(self.folder.glob("*.log")):
            seen, size = self._seen.get(path, 0), path.stat().st_size
            if size > seen:
                with path.open("rb") as file:
                    file.seek(seen)
                    click.echo(f"\n--- mail ---\n{file.read(size - seen).decode(errors='replace').strip()}")
                self._seen[path] = size
