"""Certificates: the same bytes for everybody, every script as it is written, and what they say is read back by another program."""

import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from games.credentials.rules.badges import picture
from games.credentials.rules.certificate import certificate
from games.credentials.rules.claims import Claim, clean_name, digest_of
from games.credentials.rules.fonts import FALLBACK, FOLDER, characters, drawable
from games.credentials.rules.states import NAME_LONGEST, NameInvalid

ROOT = Path(__file__).resolve().parents[3]
CLAIM: Claim = {
    "version": 1,
    "id": "7b1f9e57-7a37-4e0b-8c51-4a70f6bb5c10",
    "address": "https://play.example.org/verify/7b1f9e57-7a37-4e0b-8c51-4a70f6bb5c10/",
    "recipient": "Red Herons",
    "group": "Red Herons",
    "group_address": "https://play.example.org/cycles/water/groups/red/",
    "personal": False,
    "title": "First prize",
    "kind": "money",
    "source": "grant",
    "achievement": "https://play.example.org/credentials/achievements/water/grant/first/",
    "criteria": "The first place of the board Result.",
    "cycle": "Clean water",
    "cycle_address": "https://play.example.org/cycles/water/",
    "organization": "Water Lab",
    "issuer": "did:web:play.example.org",
    "issuer_name": "Ludus at play.example.org",
    "issuer_address": "https://play.example.org",
    "issued": "2026-11-22T10:00:00Z",
    "result": {"place": "1", "board": "Result", "snapshot": 3, "digest": "ab" * 32, "address": "https://play.example.org/x/"},
}


def claim(**changes: object) -> Claim:
    return {**CLAIM, **changes}  # type: ignore[typeddict-item]  # the keys are those of a claim


def made(**changes: object) -> bytes:
    said = claim(**changes)
    return certificate(said, digest_of(said))


def words(content: bytes) -> str:
    return PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_another_program_reads_back_what_it_says() -> None:
    reader = PdfReader(io.BytesIO(made()))
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    for said in ("Red Herons", "First prize", "Clean water", "Water Lab", "22 November 2026", CLAIM["address"]):
        assert said in text
    assert "Place 1 on the board Result, published as snapshot 3" in text
    assert "ab" * 32 in text
    assert digest_of(CLAIM) in text
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.subject) == ("First prize: Red Herons", CLAIM["address"])
    links = {link.get_object()["/A"]["/URI"] for link in reader.pages[0]["/Annots"]}  # type: ignore[union-attr]
    assert links == {CLAIM["address"]}


@pytest.mark.parametrize(
    "name",
    [
        "José Łukasiewicz-Ğüneş",
        "Nguyễn Thị Ánh",
        "Ελένη Παπαδοπούλου",
        "Дмитрий Їжак",
        "שרה לוי",
        "王小明",
        "さくら ももこ",
        "김민준",
        "สมหญิง ใจดี",
    ],
)
def test_names_are_printed_in_their_script(name: str) -> None:
    text = words(made(recipient=name, personal=True)).replace(" ", "")
    plain = name.replace(" ", "")
    assert plain in text or plain[::-1] in text or all(part in text or part[::-1] in text for part in name.split())


def test_joined_letters_are_shaped_and_not_left_side_by_side() -> None:
    """Arabic letters take the form of their place; with the glyphs of single letters the page would have other glyphs, and more of them."""
    joined = made(recipient="محمد")
    apart = made(recipient="م ح م د")
    assert len(joined) != len(apart)
    assert b"NotoSansArabic" in joined
    assert b"NotoSansDevanagari" in made(recipient="अनुष्का श्रीवास्तव"), "conjuncts are in this font only"


def test_no_name_breaks_the_page() -> None:
    for name in ("W" * NAME_LONGEST, "🚀", "🚀 Rockets", "अनुष्का श्रीवास्तव", "a\u200db"):
        assert len(PdfReader(io.BytesIO(made(recipient=name))).pages) == 1
    assert drawable("🚀 Rockets 🎉", "noto-serif") == "Rockets"


def test_the_bytes_are_the_same_in_another_process() -> None:
    """Whoever makes it, whenever, whatever the seed of hashes: the file is known by its SHA-256."""
    here = hashlib.sha256(made()).hexdigest()
    script = (
        "import hashlib; from tests.games.credentials.test_certificate import made; print(hashlib.sha256(made()).hexdigest())"
    )
    env = {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == here
    assert here == hashlib.sha256(made()).hexdigest()


def test_every_word_changes_the_bytes_and_the_digest() -> None:
    other = claim(recipient="Blue Herons")
    assert digest_of(other) != digest_of(CLAIM)
    assert certificate(other, digest_of(CLAIM)) != made()


def test_the_fonts_are_those_that_are_listed() -> None:
    listed = dict(re.findall(r"\| `([\w-]+\.ttf)` \|.*\| `([0-9a-f]{64})` \|", (FOLDER / "README.md").read_text()))
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.ttf")}
    assert all(characters(name) for name in FALLBACK)


def test_a_name_is_one_clean_line() -> None:
    assert clean_name("  Ada \n Lovelace ") == "Ada Lovelace"
    assert clean_name("e\u0301") == "é"
    for bad in ("", "   ", "x" * (NAME_LONGEST + 1), "Ada\u202eecalevoL", "a\x00b", "a\ue000"):
        with pytest.raises(NameInvalid):
            clean_name(bad)


def test_the_picture_escapes_what_people_wrote() -> None:
    drawn = picture(claim(title='<script>&"x"', recipient="</text><b>"), "a.b.c")
    assert "<script>" not in drawn
    assert "</text><b>" not in drawn
