"""What is committed works on any machine: no registry's host, no path of somebody's computer, no secret."""

import re

import pytest

from tests.habits.house import committed, name_of

# Written in pieces, so that this file does not find itself.
FORBIDDEN = {
    "a package registry's host": re.compile(
        "|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "deb" + r"\.debian\.org"])
    ),
    "a path of one machine": re.compile(
        "|".join([r"(?<![\w.])/" + "work/", "/" + "farm/", r"(?<![\w.])/" + r"root/(?!\.)", r"/home" + r"/(?!ludus|app)[a-z]+/"])
    ),
    "a private key": re.compile("BEGIN (?:RSA |EC |OPENSSH )?" + "PRIVATE KEY"),
}
BIGGEST = 5_000_000
BINARY = {".png", ".jpg", ".woff2", ".zip", ".gz", ".ico", ".pdf"}


def found_in(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


def test_no_committed_file_names_a_registry_a_machine_or_a_secret():
    texts = {
        name_of(path): path.read_text(encoding="utf-8", errors="replace") for path in committed() if path.suffix not in BINARY
    }
    assert len(texts) > 100
    assert {name: found for name, text in texts.items() if (found := found_in(text))} == {}


def test_no_committed_file_is_huge():
    assert {name_of(path): path.stat().st_size for path in committed() if path.stat().st_size > BIGGEST} == {}


def test_locks_are_hashed():
    locks = [path for path in committed() if path.parent.name == "requirements"]
    assert {path.name for path in locks} == {"prod.txt", "dev.txt"}
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9][\w.\[\],-]*==.*$", text, flags=re.MULTILINE | re.IGNORECASE)
        assert pins
        assert all(pin.rstrip().endswith("\\") for pin in pins), f"{lock.name}: a pin without a hash"


@pytest.mark.parametrize(
    "text", ["see https://pypi" + ".org/x", "cd /" + "work/main", "/home" + "/ada/x", "BEGIN " + "PRIVATE KEY"]
)
def test_the_finder_itself(text):
    assert len(found_in(text)) == 1
