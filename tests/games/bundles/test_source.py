"""Folders and zips are opened with suspicion."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from games.bundles.rules import MAX_FILE, MAX_FILES, BundleRefused
from games.bundles.source import open_source, open_zip, unsafe


def zip_of(entries: dict[str, bytes], **attributes: int) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.writestr(info, content)
    buffer.seek(0)
    return buffer


def fault(buffer: io.BytesIO) -> str:
    with pytest.raises(BundleRefused) as refused:
        open_zip(buffer)
    return str(refused.value.problems[0])


def test_a_zip_reads_like_a_folder(tmp_path: Path) -> None:
    (tmp_path / "cycle.toml").write_text("x")
    (tmp_path / "external").mkdir()
    (tmp_path / "external" / "table.csv").write_text("y")
    (tmp_path / ".hidden").write_text("z")
    folder = open_source(tmp_path)
    archive = open_zip(zip_of({"cycle.toml": b"x", "external/table.csv": b"y", ".hidden": b"z"}))
    assert folder.names() == archive.names() == ("cycle.toml", "external/table.csv")
    assert folder.inside("external").read("table.csv") == archive.inside("external").read("table.csv") == b"y"


def test_one_folder_around_everything_is_left_out() -> None:
    assert open_zip(zip_of({"my/cycle.toml": b"x", "my/marks.csv": b""})).names() == ("cycle.toml", "marks.csv")


@pytest.mark.parametrize(
    "name", ["../cycle.toml", "a/../../b", "/etc/passwd", "C:/b", "a\\..\\b", "..", "a/..", "\\\\host\\b", "x\0y"]
)
def test_a_path_that_leaves_the_bundle_is_unsafe(name: str) -> None:
    assert unsafe(name)


@pytest.mark.parametrize("name", ["cycle.toml", "cycles/a/b.csv", "a..b", "..a", "ü.csv"])
def test_a_plain_path_is_safe(name: str) -> None:
    assert not unsafe(name)


@pytest.mark.parametrize("name", ["../evil.csv", "/evil.csv", "a/../../evil.csv"])
def test_a_zip_with_such_a_path_is_refused(name: str) -> None:
    assert "a path that leaves the bundle" in fault(zip_of({"cycle.toml": b"x", name: b"y"}))


def test_a_link_in_a_zip_is_refused() -> None:
    assert "is a link" in fault(zip_of({"marks.csv": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "times its size; at most 200" in fault(zip_of({"marks.csv": b"0" * (20 * 1024 * 1024)}))


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    buffer = zip_of({"marks.csv": b"0123456789" * 1000})
    content = buffer.getvalue().replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(BundleRefused):
        open_zip(io.BytesIO(content))


def test_a_file_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "marks.csv").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(BundleRefused, match=r"marks\.csv: 100 MB; a file of a bundle has at most 64 MB"):
        open_source(tmp_path)


def test_too_many_files_are_refused() -> None:
    assert f"at most {MAX_FILES}" in fault(zip_of({f"{number}.csv": b"" for number in range(MAX_FILES + 1)}))


def test_a_file_twice_in_a_zip_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("marks.csv", b"a")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("marks.csv", b"b")
    buffer.seek(0)
    assert fault(buffer) == "marks.csv: is twice in the zip"


def test_no_zip_at_all_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in fault(io.BytesIO(b"PK nonsense"))
    (tmp_path / "bundle.zip").write_bytes(b"nonsense")
    with pytest.raises(BundleRefused, match="expected a folder or a zip"):
        open_source(tmp_path / "bundle.zip")
    with pytest.raises(BundleRefused, match="no such folder"):
        open_source(tmp_path / "nothing")


def test_a_truncated_zip_is_refused() -> None:
    content = zip_of({"marks.csv": bytes(range(256)) * 100}).getvalue()
    assert "cannot be read" in fault(io.BytesIO(content[: len(content) // 2]))


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "marks.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(BundleRefused, match=r"marks\.csv: is a link"):
        open_source(folder)


def test_the_limit_of_a_file_is_64_megabytes() -> None:
    assert MAX_FILE == 64 * 1024 * 1024
