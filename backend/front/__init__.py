"""In front of Django: boards are given as they lie ready."""

from backend.front.door import FrontDoor

__all__ = ["FrontDoor"]
