"""Rules in words: plain sentences made from the same Scoring that the engine computes with, so that they cannot disagree."""

from leaderboards.engine.words.boards import board_rules, cut_rules
from leaderboards.engine.words.challenges import challenge_rules
from leaderboards.engine.words.prizes import award_rules
from leaderboards.engine.words.rounds import round_rules, scoring_rules

__all__ = ["award_rules", "board_rules", "challenge_rules", "cut_rules", "round_rules", "scoring_rules"]
