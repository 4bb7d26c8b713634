"""Files without what they tell about who made them: written by real programmes where there are some, read back by others."""

import io
import struct
import wave
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pypdf
import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from games.submissions.rules.bare import BARE, NotBare, bare

WHO = b"Ada Njoroge"
NAME = WHO.decode()


def picture() -> Image.Image:
    found = Image.new("RGB", (40, 20), (200, 30, 30))
    found.putpixel((3, 4), (0, 0, 250))
    return found


def exif(turn: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[0x0112], found[0x013B], found[0x010F] = turn, NAME, NAME
    return found


def saved(kind: str, **told: Any) -> bytes:
    file = io.BytesIO()
    picture().save(file, kind, **told)
    return file.getvalue()


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).convert("RGB").tobytes()


def noted() -> PngInfo:
    found = PngInfo()
    found.add_text("Author", NAME)
    found.add_itxt("XML:com.adobe.xmp", f"<x>{NAME}</x>")
    return found


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", saved("JPEG", exif=exif(), comment=WHO)),
        ("a.jpeg", saved("JPEG", exif=exif(), progressive=True, comment=WHO) + b"a trailer of " + WHO),
        ("a.png", saved("PNG", exif=exif(), pnginfo=noted()) + WHO),
        ("a.webp", saved("WEBP", exif=exif(), xmp=b"<x>" + WHO + b"</x>", lossless=True)),
        ("a.gif", saved("GIF", comment=WHO)),
    ],
)
def test_a_picture_looks_as_before_and_tells_nothing(name: str, data: bytes) -> None:
    assert WHO in data
    found = bare(name, data)
    assert WHO not in found
    assert pixels(found) == pixels(data)
    assert bare(name, found) == found


def test_a_photo_stays_the_right_way_up_and_its_colours_stay() -> None:
    profile = b"\0" * 200
    found = bare("a.jpg", saved("JPEG", exif=exif(6), icc_profile=profile))
    read = Image.open(io.BytesIO(found))
    assert dict(read.getexif()) == {0x0112: 6}
    assert read.info["icc_profile"] == profile


def test_a_moving_gif_goes_on_moving() -> None:
    frames = [Image.new("RGB", (9, 9), (90 * number, 0, 0)) for number in range(3)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=WHO)
    read = Image.open(io.BytesIO(bare("a.gif", file.getvalue())))
    assert (read.n_frames, read.info["loop"]) == (3, 0)  # type: ignore[attr-defined]  # of moving ones


# --- PDF ------------------------------------------------------------------------------------------------------------------------------


def page() -> FPDF:
    found = FPDF()
    found.add_page()
    found.set_font("helvetica", size=12)
    found.cell(text="What we did")
    return found


def written() -> bytes:
    found = page()
    found.set_author(NAME)
    found.set_creator(f"A (very \\) odd) programme of {NAME}")
    found.set_xmp_metadata(f"<dc:creator>{NAME}</dc:creator>")
    return bytes(found.output())


def test_a_pdf_reads_as_before_and_its_information_is_blank() -> None:
    data = written()
    assert NAME in str(pypdf.PdfReader(io.BytesIO(data)).metadata)
    found = bare("a.pdf", data)
    assert len(found) == len(data)
    assert WHO not in found
    assert WHO.decode().encode("utf-16-be") not in found
    read = pypdf.PdfReader(io.BytesIO(found))
    assert NAME not in str(read.metadata)
    assert read.pages[0].extract_text() == "What we did"


def with_packed_information() -> bytes:
    """The way TeX writes it: the information is an object in a stream of objects, and the index is a stream."""
    one = b"<< /Author (" + WHO + b") /Title <414243> >>"
    two = b"<< /Type /Catalog /Pages 4 0 R >>"
    head = b"2 0 3 %d " % (len(one) + 1)
    packed = zlib.compress(head + one + b"\n" + two)
    body = b"%PDF-1.5\n"
    first = len(body)
    body += b"1 0 obj << /Type /ObjStm /N 2 /First %d /Filter /FlateDecode /Length %d >> stream\n" % (len(head), len(packed))
    body += packed + b"\nendstream endobj\n"
    pages = len(body)
    body += b"4 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\n"
    index = len(body)
    rows = [(0, 0, 65535), (1, first, 0), (2, 1, 0), (2, 1, 1), (1, pages, 0), (1, index, 0)]
    table = b"".join(struct.pack(">BHH", *row) for row in rows)
    body += b"5 0 obj << /Type /XRef /Size 6 /W [1 2 2] /Root 3 0 R /Info 2 0 R /Length %d >> stream\n" % len(table)
    return body + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % index


def test_information_that_is_packed_with_other_objects_is_found() -> None:
    data = with_packed_information()
    assert pypdf.PdfReader(io.BytesIO(data)).metadata == {"/Author": NAME, "/Title": "ABC"}
    read = pypdf.PdfReader(io.BytesIO(bare("a.pdf", data)))
    told = read.metadata or {}
    assert [str(one).strip(" \0") for one in told.values()] == ["", ""]
    assert read.trailer["/Root"]["/Type"] == "/Catalog"  # type: ignore[index]  # read through


def locked() -> bytes:
    file, writer = io.BytesIO(), pypdf.PdfWriter(io.BytesIO(written()))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(file)
    return file.getvalue()


# --- Packed ---------------------------------------------------------------------------------------------------------------------------


def packed(files: dict[str, bytes], comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in files.items():
            one = zipfile.ZipInfo(name, (2026, 3, 4, 5, 6, 8))
            one.extra = struct.pack("<2H11s", 0x7575, len(WHO), WHO)
            one.comment = comment
            found.writestr(one, content, zipfile.ZIP_DEFLATED)
        found.comment = comment
    return file.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        assert {one.date_time for one in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {one.filename: found.read(one) for one in found.infolist()}


DOCUMENT = {
    "[Content_Types].xml": b"<Types/>",
    "docProps/core.xml": b"<cp:coreProperties><dc:creator>" + WHO + b"</dc:creator></cp:coreProperties>",
    "docProps/app.xml": b"<Properties><Company>" + WHO + b"</Company></Properties>",
    "word/document.xml": b'<w:p><w:ins w:id="1" w:author="' + WHO + b'" w:date="x"><w:t>Hello</w:t></w:ins></w:p>',
    "word/comments.xml": b'<w:comment w:author="' + WHO + b'" w:initials="AN">Why?</w:comment>',
    "word/media/image1.png": saved("PNG"),
}


def test_a_document_keeps_its_text_and_loses_its_authors() -> None:
    data = packed(DOCUMENT, WHO)
    found = bare("a.docx", data)
    assert WHO not in found
    files = unpacked(found)
    assert list(files) == list(DOCUMENT)
    assert all(WHO not in content for content in files.values())
    assert files["word/document.xml"] == b'<w:p><w:ins w:id="1" w:author="" w:date="x"><w:t>Hello</w:t></w:ins></w:p>'
    assert files["word/comments.xml"] == b'<w:comment w:author="" w:initials="">Why?</w:comment>'
    assert files["word/media/image1.png"] == DOCUMENT["word/media/image1.png"]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        (
            "a.odt",
            {
                "meta.xml": b"<dc:creator>" + WHO + b"</dc:creator>",
                "content.xml": b"<a><dc:creator>" + WHO + b"</dc:creator></a>",
            },
        ),
        ("a.pptx", {"ppt/commentAuthors.xml": b'<p:cmAuthor id="0" name="' + WHO + b'" initials="AN"/>'}),
        (
            "a.xlsx",
            {"xl/comments1.xml": b"<author>" + WHO + b"</author>", "xl/persons/person.xml": b'<p displayName="' + WHO + b'"/>'},
        ),
        ("a.zip", {"code/main.py": b"print()", "a.png": saved("PNG", exif=exif()), "LICENSE": b"free"}),
    ],
)
def test_what_is_in_a_zip_is_bare_too(name: str, files: dict[str, bytes]) -> None:
    found = unpacked(bare(name, packed(files, WHO)))
    assert list(found) == list(files)
    assert all(WHO not in content for content in found.values())


# --- Sound and film -------------------------------------------------------------------------------------------------------------------


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def sound() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as found:
        found.setparams((1, 2, 8000, 0, "NONE", ""))
        found.writeframes(b"\1\2" * 50)
    data = file.getvalue() + b"LIST" + struct.pack("<I", 20) + b"INFOIART" + struct.pack("<I", 11) + WHO[:8]
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def test_a_sound_is_heard_as_before() -> None:
    found = bare("a.wav", sound())
    assert b"LIST" not in found
    with wave.open(io.BytesIO(found)) as read:
        assert read.readframes(100) == b"\1\2" * 50
    frames = b"\xff\xfb" + b"f" * 300
    tags = b"ID3\3\0\0" + bytes([0, 0, 0, 20]) + WHO.ljust(20)
    assert bare("a.mp3", tags + frames + b"TAG" + WHO.ljust(125)) == frames
    told = b"fLaC" + b"\0\0\0\4" + b"info" + b"\4\0\0\x0b" + WHO + b"\x81\0\0\2\0\0" + frames
    assert bare("a.flac", told) == b"fLaC" + b"\x80\0\0\4" + b"info" + frames


def test_a_film_plays_as_before_and_nothing_in_it_moves() -> None:
    head = box(b"mvhd", b"\0\0\0\0" + b"\xaa" * 8 + b"rest")
    track = box(b"trak", box(b"tkhd", b"\1\0\0\0" + b"\xaa" * 16 + b"rest") + box(b"udta", WHO))
    moov = box(b"moov", head + track + box(b"udta", box(b"\xa9ART", WHO)) + box(b"meta", WHO))
    data = box(b"ftyp", b"isom") + moov + box(b"uuid", WHO) + box(b"mdat", b"film")
    found = bare("a.mp4", data)
    assert (len(found), found.index(b"mdat")) == (len(data), data.index(b"mdat"))
    assert WHO not in found
    assert b"\xaa" not in found
    assert found.count(b"rest") == 2


# --- What is refused ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.pdf", locked(), "encrypted"),
        ("a.pdf", b"%PDF-1.7\n<< /Type /Sig /ByteRange [0 1 2 3] >>", "signed"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "what a doc says"),
        ("a.heic", b"...", "what a heic says"),
        ("a.jpg", b"\xff\xd8\xff", "read to its end"),
        ("a.png", saved("PNG")[:60], "cut off"),
        ("a.docx", b"PK\3\4 no zip", "not a zip"),
        ("a.zip", packed({"old.doc": b"x"}), "what a doc says"),
        ("a.zip", packed({"more.zip": b"x"}), "an archive in the archive"),
    ],
)
def test_what_cannot_be_made_bare_is_refused_and_says_why(name: str, data: bytes, why: str) -> None:
    with pytest.raises(NotBare, match=why):
        bare(name, data)


def test_text_is_as_it_is() -> None:
    assert bare("a.md", WHO) == WHO


WHOLE: dict[str, Callable[[], bytes]] = {
    "jpg": lambda: saved("JPEG", exif=exif(3)),
    "png": lambda: saved("PNG", exif=exif()),
    "gif": lambda: saved("GIF", comment=WHO),
    "webp": lambda: saved("WEBP", exif=exif()),
    "pdf": written,
    "docx": lambda: packed(DOCUMENT),
    "wav": sound,
    "mp4": lambda: box(b"ftyp", b"isom") + box(b"moov", box(b"udta", WHO)),
    "flac": lambda: b"fLaC" + b"\x80\0\0\4" + b"info" + b"frames",
    "mp3": lambda: b"ID3\3\0\0" + bytes([0, 0, 0, 20]) + WHO.ljust(20) + b"frames",
}


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_broken_file_is_refused_or_read_never_worse(ending: str, chance: st.DataObject) -> None:
    """Cut anywhere, or with any byte changed: an answer, or NotBare."""
    data = bytearray(WHOLE[ending]())
    at = chance.draw(st.integers(0, len(data) - 1))
    data[at] = chance.draw(st.integers(0, 255))
    cut = chance.draw(st.integers(at, len(data)))
    found: bytes | None = None
    with suppress(NotBare):
        found = bare(f"a.{ending}", bytes(data[:cut]))
    assert found is None or isinstance(found, bytes)


def test_every_ending_that_is_named_is_known() -> None:
    assert {"pdf", "docx", "jpg", "md", "zip"} < BARE
    assert not BARE & {"doc", "heic", "tiff", "webm", "ogg", "gz"}
