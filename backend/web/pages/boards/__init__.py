"""Boards: the board itself with its rows, what was published of it, how it came about over time, proof of it, and the hall's view."""

from backend.web.pages.boards.board import board, board_rows, snapshot
from backend.web.pages.boards.history import history, lines
from backend.web.pages.boards.projector import projector
from backend.web.pages.boards.proving import row_receipt, then_page, why_page

__all__ = ["board", "board_rows", "history", "lines", "projector", "row_receipt", "snapshot", "then_page", "why_page"]
