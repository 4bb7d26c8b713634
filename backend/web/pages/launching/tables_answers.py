"""The fields of what is right in a task that the machine checks: a word, a number, a quiz."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Once, Rows

FLAG: Final = frozenset({"flag"})
NUMBER: Final = frozenset({"number"})
QUIZ: Final = frozenset({"quiz"})

ANSWER: Final = Once(
    "answer",
    _("What is right"),
    _("The machine compares each try with it. Nobody but organizers reads it, neither before nor after."),
    (
        Field(
            "kind",
            _("Kind of answer"),
            _("Decides what else is asked here."),
            Kind.CHOICE,
            (("flag", _("A word or a line")), ("number", _("A number")), ("quiz", _("A quiz"))),
            empty=_("choose one"),
            redraws=True,
            size="half",
        ),
        Field("values", _("Right is"), _("One per line: each of them is right. Spaces at the ends do not count."), Kind.LINES, only=FLAG),
        Field(
            "hashes",
            _("Or its SHA-256"),
            _("One per line, in hexadecimal: nobody can read the word here then."),
            Kind.LINES,
            only=FLAG,
            more=True,
        ),
        Field("case", _("Capital letters matter"), _("ABC is not abc."), Kind.SWITCH, on=True, only=FLAG, size="half"),
        Field("value", _("The number"), _("What is right."), Kind.NUMBER, only=NUMBER, size="third"),
        Field("tolerance", _("Give or take"), _("How far off is still right. Empty: exactly."), Kind.NUMBER, only=NUMBER, size="third"),
        Field("relative", _("As a share of it"), _("0.05: five in a hundred either way."), Kind.SWITCH, only=NUMBER, size="third"),
        Field("full_marks", _("Solved only if all is right"), _("Otherwise each question earns its points."), Kind.SWITCH, only=QUIZ, size="half"),
        Rows(
            "questions",
            _("Questions of the quiz"),
            "question",
            _("Add a question"),
            _("All right choices and no wrong one earn its points."),
            (
                Field("name", _("Question"), _("As it is asked."), size="wide"),
                Field("choices", _("Choices"), _("One per line, in the order they stand."), Kind.LINES, size="half"),
                Field("correct", _("Right are"), _("One per line, word for word as above."), Kind.LINES, size="half"),
                Field("points", _("Points"), _("Empty: 1."), Kind.NUMBER, size="third"),
                Field("key", _("Key"), _("Short, for tables."), size="third"),
            ),
            {"name": ""},
            QUIZ,
        ),
    ),
    only=frozenset({"automatic"}),
    kind_key="kind",
)  # fmt: skip
