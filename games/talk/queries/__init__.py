"""Reads of talk: threads and what is said in them, who may read and hear of it, who adopted an idea, what people follow."""

from games.talk.queries.following import Followed, followed_by, follows, place_in, thanked
from games.talk.queries.moderating import open_reports, waiting_appeals
from games.talk.queries.readers import adopters_of, groups_reading, readers_of
from games.talk.queries.studying import Asked, asked_in, questions_on
from games.talk.queries.threads import board_first, posts_of, reply_hours, with_counts

__all__ = [
    "Asked",
    "Followed",
    "adopters_of",
    "asked_in",
    "board_first",
    "followed_by",
    "follows",
    "groups_reading",
    "open_reports",
    "place_in",
    "posts_of",
    "questions_on",
    "readers_of",
    "reply_hours",
    "thanked",
    "waiting_appeals",
    "with_counts",
]
