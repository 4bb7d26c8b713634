"""A claim as a printed page: A4 across, one page, the same bytes whoever makes it, whenever. Pure.

The page carries what a stranger needs without asking us: the address that says whether it is valid, as text and as a QR code, the number
and SHA-256 of the published standings behind it, and the SHA-256 of the claim itself.
"""

import io
import warnings
from datetime import datetime
from typing import Final

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from games.credentials.rules.claims import Claim
from games.credentials.rules.fonts import BOLD, SANS, SERIF, drawable, fonts_for, path_of

INK: Final = (27, 27, 47)
SOFT: Final = (85, 83, 106)
ACCENT: Final = (43, 56, 200)
GOLD: Final = (217, 154, 27)
PAPER: Final = (255, 253, 248)
LINE: Final = (216, 208, 190)
WIDTH, HEIGHT = 297.0, 210.0
LEFT, RIGHT = 24.0, 24.0
INNER: Final = WIDTH - LEFT - RIGHT
QR_SIDE: Final = 34.0
SMALLEST: Final = 11.0


def certificate(claim: Claim, digest: str) -> bytes:
    """The PDF. `digest`: the SHA-256 of the claim."""
    page = _page(claim)
    _frame(page)
    _head(page, claim)
    _whom(page, claim)
    _what(page, claim)
    _foot(page, claim, digest)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a feature of a font that is not carried over
        page.output(out)
    return out.getvalue()


def _page(claim: Claim) -> FPDF:
    page = FPDF(orientation="L", unit="mm", format="A4")
    page.set_creation_date(datetime.fromisoformat(claim["issued"]))
    page.set_title(f"{claim['title']}: {claim['recipient']}")
    page.set_author(claim["issuer_name"])
    page.set_subject(claim["address"])
    page.set_creator("Ludus")
    page.set_producer("Ludus")
    page.set_lang("en")
    page.set_auto_page_break(auto=False)
    page.set_margin(0)
    page.set_text_shaping(use_shaping_engine=True)
    texts = [value for value in claim.values() if isinstance(value, str)]
    texts += [value for value in claim.get("result", {}).values() if isinstance(value, str)]
    fallback = {SANS} | {name for first in (SERIF, SANS, BOLD) for name in fonts_for(texts, first)}
    names = sorted({SANS, BOLD, SERIF} | fallback)
    for name in names:
        page.add_font(name, fname=path_of(name))
    page.set_fallback_fonts(
        [name for name in (*fonts_for(texts, SERIF), *fonts_for(texts, SANS), SANS) if name in names], exact_match=False
    )
    page.add_page()
    return page


def _frame(page: FPDF) -> None:
    page.set_fill_color(*PAPER)
    page.rect(0, 0, WIDTH, HEIGHT, style="F")
    page.set_draw_color(*LINE)
    page.set_line_width(0.35)
    page.rect(9, 9, WIDTH - 18, HEIGHT - 18)
    page.set_fill_color(*ACCENT)
    page.rect(9, 9, 4, HEIGHT - 18, style="F")
    page.set_fill_color(*GOLD)
    page.rect(9, 9, 4, 34, style="F")


def _head(page: FPDF, claim: Claim) -> None:
    _mark(page, LEFT + 6, 27)
    host = claim["organization"] or claim["issuer_name"]
    _line(page, host, font=BOLD, size=13, y=22, x=LEFT + 16, width=170)
    _line(page, "Certificate", font=SANS, size=13, y=22, x=WIDTH - RIGHT - 60, width=60, align="R", colour=SOFT)


def _mark(page: FPDF, x: float, y: float) -> None:
    """The sign of the house: a ring with a stem, and a dot in it."""
    page.set_draw_color(*INK)
    page.set_line_width(1.4)
    page.ellipse(x - 4, y - 4, 7, 7)
    page.line(x + 3, y - 7, x + 3, y + 3.4)
    page.set_fill_color(*ACCENT)
    page.ellipse(x - 1.9, y - 1.9, 2.8, 2.8, style="F")


def _whom(page: FPDF, claim: Claim) -> None:
    _line(page, "This is to certify that", font=SANS, size=13, y=50, colour=SOFT)
    _line(page, claim["recipient"], font=SERIF, size=38, y=60)
    if claim["personal"]:
        _line(page, f"with the team {claim['group']}", font=SANS, size=13, y=78, colour=SOFT)


def _what(page: FPDF, claim: Claim) -> None:
    won = "earned" if claim["source"] == "badge" else "won"
    _line(page, f"has {won}", font=SANS, size=13, y=90, colour=SOFT)
    _line(page, claim["title"], font=SERIF, size=27, y=99, colour=ACCENT)
    _line(page, f"in {claim['cycle']}", font=SANS, size=15, y=114)
    page.set_xy(LEFT, 126)
    page.set_text_color(*SOFT)
    page.set_font(SANS, size=11)
    page.multi_cell(INNER, 5.6, _short(claim["criteria"]), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")


def _short(text: str) -> str:
    most = 330
    plain = drawable(text, SANS)
    return plain if len(plain) <= most else plain[:most].rsplit(" ", 1)[0] + " …"


def _foot(page: FPDF, claim: Claim, digest: str) -> None:
    top = 152.0
    page.set_draw_color(*LINE)
    page.set_line_width(0.35)
    page.line(LEFT, top, WIDTH - RIGHT, top)
    _qr(page, claim["address"], WIDTH - RIGHT - QR_SIDE, top + 6)
    width = INNER - QR_SIDE - 8
    day = datetime.fromisoformat(claim["issued"])
    y = top + 6
    _line(page, f"Issued {day.day} {day:%B %Y} by {claim['issuer_name']}", font=BOLD, size=11, y=y, width=width)
    _line(
        page,
        f"Whether this is valid now: {claim['address']}",
        font=SANS,
        size=10,
        y=y + 8,
        width=width,
        smallest=6,
        link=claim["address"],
    )
    if "result" in claim:
        result = claim["result"]
        says = f"Place {result['place']} on the board {result['board']}, published as snapshot {result['snapshot']}"
        _line(page, says, font=SANS, size=10, y=y + 15, width=width, colour=SOFT, smallest=7)
        _line(page, f"SHA-256 {result['digest']}", font=SANS, size=8, y=y + 21, width=width, colour=SOFT, smallest=6)
    _line(page, f"Claim {claim['id']}", font=SANS, size=8, y=y + 27, width=width, colour=SOFT, smallest=6)
    _line(page, f"SHA-256 {digest}", font=SANS, size=8, y=y + 32, width=width, colour=SOFT, smallest=6)


def _line(  # noqa: PLR0913 each is a property of one line of print
    page: FPDF,
    text: str,
    *,
    font: str,
    size: float,
    y: float,
    x: float = LEFT,
    width: float = INNER,
    align: str = "L",
    colour: tuple[int, int, int] = INK,
    smallest: float = SMALLEST,
    link: str = "",
) -> None:
    """One line, as large as it fits; at the smallest size its end is cut."""
    plain = drawable(text, font) or "—"
    page.set_font(font, size=size)
    while page.get_string_width(plain) > width and size > min(smallest, size):
        size -= 0.5
        page.set_font(font, size=size)
    while page.get_string_width(plain) > width and len(plain) > 1:
        plain = plain[:-2].rstrip() + "…"
    page.set_text_color(*colour)
    page.set_xy(x, y)
    page.cell(width, size * 0.5, plain, align=align, link=link)


def _qr(page: FPDF, address: str, x: float, y: float) -> None:
    """The address as squares of ink, with the quiet border that readers need already around it on the paper."""
    rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]
    side = QR_SIDE / len(rows)
    page.set_fill_color(*INK)
    for down, row in enumerate(rows):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end] == row[start]:
                end += 1
            if row[start]:
                page.rect(x + start * side, y + down * side, (end - start) * side, side * 1.02, style="F")
            start = end
    page.link(x, y, QR_SIDE, QR_SIDE, address)
