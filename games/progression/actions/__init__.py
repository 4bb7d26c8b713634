"""Who moves on: launching and amending cycles, the clock of rounds, cuts, publication, the next cycle."""

from games.progression.actions.decisions import decide
from games.progression.actions.designs import amend, apply_design
from games.progression.actions.drafts import (
    amend_as_written,
    discard_draft,
    draft_amendment,
    draft_cycle,
    draft_next,
    edit_draft,
    launch_draft,
    move_draft,
)
from games.progression.actions.field import apply_cut
from games.progression.actions.launch import launch, prepared
from games.progression.actions.succession import next_cycle
from games.progression.actions.timing import (
    close_cycle,
    close_round,
    open_round,
    pass_gate,
    publish_round,
    reopen_round,
    settle_round_states,
    waive_feedback,
    waive_looks,
)
from games.progression.actions.tying import decide_tie, open_tie, settle_tie
from games.progression.actions.widening import widen_after, widen_by_rules, widen_due
from games.rounds.actions import extend, lock_round, widen

__all__ = [
    "amend",
    "amend_as_written",
    "apply_cut",
    "apply_design",
    "close_cycle",
    "close_round",
    "decide",
    "decide_tie",
    "discard_draft",
    "draft_amendment",
    "draft_cycle",
    "draft_next",
    "edit_draft",
    "extend",
    "launch",
    "launch_draft",
    "lock_round",
    "move_draft",
    "next_cycle",
    "open_round",
    "open_tie",
    "pass_gate",
    "prepared",
    "publish_round",
    "reopen_round",
    "settle_round_states",
    "settle_tie",
    "waive_feedback",
    "waive_looks",
    "widen",
    "widen_after",
    "widen_by_rules",
    "widen_due",
]
