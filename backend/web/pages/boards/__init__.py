"""Boards: the board itself with its rows, what was published of it, how it came about over time, proof of it, and the hall's view."""
