"""Boards: the board itself with its rows, what was published of it, how it came about over time, and the hall's view."""

from backend.web.pages.boards.board import board, board_rows, snapshot
from backend.web.pages.boards.history import history, lines
from backend.web.pages.boards.projector import projector

__all__ = ["board", "board_rows", "history", "lines", "projector", "snapshot"]
