"""The fields of a task: what is asked, what is handed in, what judges look at."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Rows
from backend.web.pages.launching.tables_answers import ANSWER
from backend.web.pages.launching.tables_judging import JUDGED, PANELS, SEEN_BY_JUDGES

FORMATS: Final = (
    ("rubric", _("Judges mark by criteria")),
    ("ranking", _("Judges put entries in an order")),
    ("attempts", _("Solved or not, in attempts")),
    ("measured", _("Measured: a time or a number")),
    ("automatic", _("Checked by the machine: a quiz, a word, a number")),
)
COMBINE: Final = (("sum", _("their sum")), ("mean", _("their weighted mean")))
TRIED: Final = frozenset({"attempts", "measured", "automatic"})

CRITERIA: Final = Rows(
    "criteria",
    _("Rubric"),
    "criterion",
    _("Add a criterion"),
    _("What judges look at. Teams read the same words before they write."),
    (
        Field("name", _("Criterion"), _("One or two words."), size="half"),
        Field("key", _("Key"), _("Short, for tables and orders."), size="half"),
        Field("summary", _("The question behind it"), _("What a judge asks."), size="wide"),
        Field("min", _("Lowest mark"), _("Usually 0 or 1."), Kind.NUMBER, size="quarter"),
        Field("max", _("Highest mark"), _("The best there is."), Kind.NUMBER, size="quarter"),
        Field("step", _("Step"), _("1: whole marks only."), Kind.NUMBER, size="quarter"),
        Field("weight", _("Weight"), _("How much it counts. Empty: 1."), Kind.NUMBER, size="quarter"),
        Field("levels", _("What the marks mean"), _("One per line: 3 = A cause is named, with evidence."), Kind.LEVELS),
        Field(
            "panel",
            _("Marked by"),
            _("Which panel. Empty: the first."),
            Kind.CHOICE,
            source="panels",
            empty=_("the first panel"),
            size="half",
            more=True,
        ),
        Field("optional", _("May be left out"), _("A sheet without it is complete."), Kind.SWITCH, size="half", more=True),
    ),
    {"min": "0", "max": "4", "step": "1"},
    JUDGED,
)
NUMBERS: Final = Rows(
    "fields",
    _("Numbers that scoring uses"),
    "number",
    _("Add a number"),
    _("Such as days late. A question of the form with the same key fills it; else you do."),
    (
        Field("name", _("Name"), _("As people say it."), size="half"),
        Field("key", _("Key"), _("As adjustments name it."), size="half"),
        Field("min", _("Least"), _("Smallest value."), Kind.NUMBER, size="third"),
        Field("max", _("Most"), _("Largest value."), Kind.NUMBER, size="third"),
        Field("default", _("If nothing is given"), _("The value without an answer."), Kind.NUMBER, size="third"),
    ),
)
ADJUST: Final = Rows(
    "adjust",
    _("Adjustments"),
    "step",
    _("Add an adjustment"),
    _("After the marks, in this order. Fill in one of the three: a number, or the key of a number above."),
    (
        Field("times", _("Times"), _("Multiplied by."), size="third"),
        Field("plus", _("Plus"), _("Added."), size="third"),
        Field("minus", _("Minus"), _("Taken off."), size="third"),
    ),
    keyed=False,
)
HINTS: Final = Rows(
    "hints",
    _("Hints"),
    "hint",
    _("Add a hint"),
    _("Words that help a team that asks. The cost is taken off its score, once."),
    (
        Field("key", _("Key"), _("Short."), size="half"),
        Field("cost", _("Cost"), _("0: free."), Kind.NUMBER, size="half"),
        Field("text", _("The hint"), _("Nobody reads it before it is bought."), Kind.LONG),
    ),
    only=frozenset({"attempts", "automatic"}),
)
QUESTION_TYPES: Final = (
    ("text", _("Text")),
    ("number", _("Number")),
    ("choice", _("Choice")),
    ("url", _("Web address")),
    ("file", _("File")),
)


def _only(*names: str) -> frozenset[str]:
    return frozenset(names)


QUESTIONS: Final = (
    Field("name", _("Question"), _("As it is asked."), size="wide"),
    Field("help", _("Help"), _("A sentence under the question."), size="wide"),
    Field("type", _("Kind of answer"), _("What can be answered."), Kind.CHOICE, QUESTION_TYPES, empty=_("Text"), redraws=True, size="half"),
    Field("key", _("Key"), _("Its column. A number for scoring has the key of that number."), size="half"),
    Field("lines", _("Lines"), _("Height of the box."), Kind.WHOLE, only=_only("text"), size="half"),
    Field("max_length", _("Most characters"), _("Longer answers are refused."), Kind.WHOLE, only=_only("text", "url"), size="half"),
    Field("min", _("Least"), _("The smallest number that is taken."), Kind.NUMBER, only=_only("number"), size="quarter"),
    Field("max", _("Most"), _("The largest number that is taken."), Kind.NUMBER, only=_only("number"), size="quarter"),
    Field("step", _("Step"), _("1 for whole numbers, 0.5 for halves."), Kind.NUMBER, only=_only("number"), size="quarter"),
    Field("unit", _("Unit"), _("Shown behind the number."), only=_only("number"), size="quarter"),
    Field("choices", _("Choices"), _("One per line."), Kind.LINES, only=_only("choice")),
    Field("many", _("Several may be chosen"), _("Otherwise one."), Kind.SWITCH, only=_only("choice"), size="half"),
    Field("types", _("Endings"), _("Which files are taken: pdf, png. Empty: any safe type."), Kind.COMMAS, only=_only("file"), size="half"),
    Field("max_bytes", _("Most bytes"), _("10000000 is about ten megabytes."), Kind.WHOLE, only=_only("file"), size="half"),
    Field("required", _("Must be answered"), _("Without it nothing can be handed in."), Kind.SWITCH, size="half"),
)  # fmt: skip


def questions(path: str, title: object, text: object, only: frozenset[str] = frozenset(), more: tuple[Field, ...] = ()) -> Rows:
    """The builder of a form: questions that are added, moved, taken away. `more`: what is asked about each besides."""
    return Rows(path, title, "question", _("Add a question"), text, (*QUESTIONS, *more), {"name": ""}, only, kind_key="type")


ABOUT: Final = tuple(
    Field(key, name, text, Kind.CHOICE, source="choices", empty=_("not asked"), only=JUDGED, size="third", more=True)
    for key, name, text in (
        ("topics", _("What entries are about"), _("A question with choices: judges who know about it get the entry.")),
        ("language", _("Language of entries"), _("A question with choices: nobody judges what they do not read.")),
        ("licence", _("Licence of entries"), _("A question with choices: how others may reuse what is handed in.")),
    )
)
CHALLENGES: Final = Rows(
    "challenges",
    _("Tasks"),
    "task",
    _("Add a task"),
    _("Each task belongs to one or more rounds."),
    (
        Field("name", _("Name"), _("What teams call it."), size="half"),
        Field("key", _("Key"), _("Short, for tables and addresses."), size="half"),
        Field("summary", _("In one line"), _("Stands in lists."), size="wide"),
        Field(
            "aim", _("How it serves the aim"), _("One sentence. A cycle with an aim needs it at one task at least."), Kind.LONG
        ),
        Field("rounds", _("In rounds"), _("None ticked: in every round."), Kind.KEYS, source="rounds"),
        Field(
            "format",
            _("How it is scored"),
            _("Decides what else is asked here."),
            Kind.CHOICE,
            FORMATS,
            empty=_("Judges mark by criteria"),
            redraws=True,
            size="half",
        ),
        Field(
            "weight", _("Weight"), _("How much it counts beside other tasks of its round. Empty: 1."), Kind.NUMBER, size="half"
        ),
        Field(
            "brief",
            _("Brief"),
            _("What teams read: the problem, what you ask for, what helps. Markdown: ## heading, - list, **strong**."),
            Kind.MARKDOWN,
        ),
        Field(
            "organizations",
            _("Organizations behind an entry"),
            _("2: teams of two organizations hand in together. Empty: 1."),
            Kind.WHOLE,
            size="third",
        ),
        Field("max_attempts", _("Most attempts"), _("Of one team. Empty: no limit."), Kind.WHOLE, only=TRIED, size="third"),
        Field(
            "penalty",
            _("Minutes per wrong attempt"),
            _("Added to the time of a task that was solved."),
            Kind.NUMBER,
            only=frozenset({"attempts"}),
            size="third",
        ),
        Field(
            "worth", _("Worth"), _("Points for solving it."), Kind.NUMBER, only=frozenset({"attempts", "automatic"}), size="third"
        ),
        Field(
            "better",
            _("Better is"),
            _("Which value wins."),
            Kind.CHOICE,
            (("high", _("more")), ("low", _("less"))),
            empty=_("more"),
            only=frozenset({"measured"}),
            size="third",
        ),
        Field(
            "keep",
            _("Counted is"),
            _("Which of several values."),
            Kind.CHOICE,
            (
                ("best", _("the best")),
                ("latest", _("the latest")),
                ("first", _("the first")),
                ("improvement", _("the improvement")),
            ),
            empty=_("the best"),
            only=frozenset({"measured"}),
            size="third",
        ),
        Field("unit", _("Unit"), _("s, kg, points."), only=frozenset({"measured"}), size="third"),
        Field(
            "combine",
            _("Criteria give"),
            _("How the criteria become one score."),
            Kind.CHOICE,
            COMBINE,
            empty=_("their sum"),
            only=JUDGED,
            size="third",
        ),
        Field(
            "scale",
            _("Out of"),
            _("100: the score is shown out of a hundred. Empty: as it comes."),
            Kind.NUMBER,
            only=JUDGED,
            size="third",
        ),
        Field("decimals", _("Decimals"), _("Rounding of the score. Empty: exact."), Kind.WHOLE, size="third"),
        Field("submissions", _("Entries per team"), _("Usually one."), Kind.WHOLE, only=JUDGED, size="third", more=True),
        Field(
            "division",
            _("Only for"),
            _("One division."),
            Kind.CHOICE,
            source="registration.divisions",
            empty=_("every division"),
            size="third",
            more=True,
        ),
        *ABOUT,
        Field("optional", _("Nobody has to do it"), _("A quest beside the others."), Kind.SWITCH, size="third", more=True),
        ANSWER,
        questions(
            "form", _("What teams hand in"), _("The entry form. Judges see the answers in this order."), JUDGED, (SEEN_BY_JUDGES,)
        ),
        CRITERIA,
        PANELS,
        NUMBERS,
        ADJUST,
        HINTS,
    ),
    {"name": "", "rounds": []},
    kind_key="format",
    link=True,
)
