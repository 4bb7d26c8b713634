"""What others wrote and we serve: one manifest names it all, with its hash, its licence, and where it is used."""

import hashlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "backend"
STATIC = ROOT / "static"
FOLDERS = ("third-party", "fonts")
OURS = {"third-party/manifest.toml", "fonts/README.md"}
PACKAGES = tomllib.loads((STATIC / "third-party" / "manifest.toml").read_text())["package"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda one: str(one["name"]))
def test_a_package_says_what_it_is_and_its_files_are_what_was_brought_in(package):
    assert package["version"]
    assert package["licence"] in {"MIT", "OFL-1.1"}
    assert package["licence_file"] in package["files"]
    for name, digest in package["files"].items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("package", PACKAGES, ids=lambda one: str(one["name"]))
def test_a_package_is_used_where_it_says(package):
    for name in package["used_in"]:
        path = ROOT / name if name.startswith("templates/") else STATIC / name
        text = path.read_text()
        assert any(Path(one).name in text for one in package["files"]) or package["name"] in text, name


def test_nothing_lies_in_the_folders_that_nobody_listed():
    listed = {name for package in PACKAGES for name in package["files"]} | OURS
    there = {str(path.relative_to(STATIC)) for folder in FOLDERS for path in (STATIC / folder).rglob("*") if path.is_file()}
    assert there == listed
