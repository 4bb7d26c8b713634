"""The Design: all rules of a cycle as one validated, immutable value. It extends the engine's vocabulary; there is no second one."""

from games.playbooks.schema.badges import (
    Badge,
    Counted,
    Counting,
    League,
    Quest,
    QuestStep,
    Recognition,
    SharedGoal,
    Streak,
)
from games.playbooks.schema.brand import Accent, Brand
from games.playbooks.schema.credit import CREDIT, CreditSpec
from games.playbooks.schema.cycle import DEFAULT_ROLES, Aim, Checks, CycleSpec, PlaybookInfo, Role, Waiver
from games.playbooks.schema.design import FORMAT, Design, launch_problems
from games.playbooks.schema.forms import FieldType, FormField
from games.playbooks.schema.points import PointRule, Receiver
from games.playbooks.schema.reading import WARNING, DesignRefused, design_problems, json_schema, parse_design, read_toml
from games.playbooks.schema.registration import Division, Document, Eligibility, NameRules, Registration
from games.playbooks.schema.retention import Retention
from games.playbooks.schema.succession import Carry, Season
from games.playbooks.schema.tasks import (
    ChallengeDesign,
    CriterionDesign,
    FlagAnswer,
    Hint,
    Level,
    NumberAnswer,
    Question,
    QuizAnswer,
    RoundDesign,
    Widening,
)

__all__ = [
    "CREDIT",
    "DEFAULT_ROLES",
    "FORMAT",
    "WARNING",
    "Accent",
    "Aim",
    "Badge",
    "Brand",
    "Carry",
    "ChallengeDesign",
    "Checks",
    "Counted",
    "Counting",
    "CreditSpec",
    "CriterionDesign",
    "CycleSpec",
    "Design",
    "DesignRefused",
    "Division",
    "Document",
    "Eligibility",
    "FieldType",
    "FlagAnswer",
    "FormField",
    "Hint",
    "League",
    "Level",
    "NameRules",
    "NumberAnswer",
    "PlaybookInfo",
    "PointRule",
    "Quest",
    "QuestStep",
    "Question",
    "QuizAnswer",
    "Receiver",
    "Recognition",
    "Registration",
    "Retention",
    "Role",
    "RoundDesign",
    "Season",
    "SharedGoal",
    "Streak",
    "Waiver",
    "Widening",
    "design_problems",
    "json_schema",
    "launch_problems",
    "parse_design",
    "read_toml",
]
