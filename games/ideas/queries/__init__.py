"""Reads of what is shared: one and many, similar ones, what came from what."""

from games.ideas.queries.drafts import drafts_of
from games.ideas.queries.feed import FeedAsked, built_on, feed, hidden_in, similar, tags_in, with_story
from games.ideas.queries.finding import alike_entries
from games.ideas.queries.flow import Flow, Flows, flows_among
from games.ideas.queries.helping import helping, steps_of
from games.ideas.queries.lineage import DEEPEST, Lineage, Link, Named, Node, lineage_of, sources_of
from games.ideas.queries.room import answered_by, answers_in, organizers_story, stories, ticket_of
from games.ideas.queries.standing import acting_in, entry_title, groups_acting, shares_of

__all__ = [
    "DEEPEST",
    "FeedAsked",
    "Flow",
    "Flows",
    "Lineage",
    "Link",
    "Named",
    "Node",
    "acting_in",
    "alike_entries",
    "answered_by",
    "answers_in",
    "built_on",
    "drafts_of",
    "entry_title",
    "feed",
    "flows_among",
    "groups_acting",
    "helping",
    "hidden_in",
    "lineage_of",
    "organizers_story",
    "shares_of",
    "similar",
    "sources_of",
    "steps_of",
    "stories",
    "tags_in",
    "ticket_of",
    "with_story",
]
