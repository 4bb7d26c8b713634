"""Levels."""


def level_of(points: int) -> int:
    """The level that so many points reach: level n begins at 100 n (n - 1) / 2 points, so 0, 100, 300, 600, ... (science.md 6)."""
    level = 1
    while points >= 50 * level * (level + 1):
        level += 1
    return level
