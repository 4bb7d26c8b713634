"""The form of rules, told: every field with its plain sentence. What is not here is written in "All rules"."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Rows, Step
from backend.web.pages.launching.tables_awards import AWARDS
from backend.web.pages.launching.tables_judging import JUDGING
from backend.web.pages.launching.tables_looks import LOOKS
from backend.web.pages.launching.tables_results import BOARDS, CUTS
from backend.web.pages.launching.tables_sharing import SHARING
from backend.web.pages.launching.tables_study import STUDY
from backend.web.pages.launching.tables_tasks import CHALLENGES, questions

NAMES: Final = (
    Field("cycle.name", _("Name"), _("What people call it, and what stands on every page of it."), size="wide"),
    Field("cycle.summary", _("In two sentences"), _("What a visitor reads first: what it is for, and for whom."), Kind.LONG),
    Field(
        "cycle.key",
        _("Key"),
        _("Its short name in addresses and files: small letters, figures, hyphens. It stays for good."),
        size="half",
    ),
    Field(
        "cycle.series",
        _("Series"),
        _("The key of the programme it belongs to, if it is repeated: all its cycles are shown together."),
        size="half",
    ),
    Field(
        "cycle.timezone",
        _("Time zone"),
        _("The zone in which its dates are written here. Everybody reads them in their own."),
        Kind.ZONE,
        size="half",
    ),
    Field("cycle.currency", _("Currency"), _("Three letters, for prizes in money: EUR, USD, KES."), size="half"),
    Field(
        "cycle.starts",
        _("Starts"),
        _("The first day. To move all dates at once, use “Move everything” among the rounds."),
        Kind.TIME,
        size="half",
    ),
    Field("cycle.ends", _("Ends"), _("The last day."), Kind.TIME, size="half"),
    Field("cycle.ends_when", _("It is over when"), _("The end condition in words: what must have happened."), Kind.LONG),
    Field("cycle.licence", _("Licence of the data"), _("Under which licence its results may be used."), size="half", more=True),
    Field("cycle.source", _("Source"), _("Where this comes from, if it is taken from somewhere."), Kind.LONG, more=True),
)

AIM: Final = (
    Field("aim.statement", _("Aim in words"), _("What shall be better afterwards, and for whom."), Kind.LONG),
    Field("aim.measure", _("Measure"), _("The one number that shows it."), size="half"),
    Field("aim.unit", _("Unit"), _("What it is counted in: households, minutes, %."), size="half"),
    Field("aim.baseline", _("Baseline"), _("What it is today."), Kind.NUMBER, size="third"),
    Field("aim.target", _("Target"), _("What it shall be."), Kind.NUMBER, size="third"),
    Field("aim.date", _("By"), _("The day on which you look."), Kind.DAY, size="third"),
    Field(
        "aim.waived",
        _("Or: launch without an aim, because"),
        _("The reason is read by everybody. Leave it empty if there is an aim."),
        Kind.LONG,
    ),
    Field(
        "checks.will",
        _("Is there a shared will?"),
        _("Who wants this, and how do you know? A competition cannot make a will that is not there."),
        Kind.ANSWER,
    ),
    Field(
        "checks.offer",
        _("Is the offer simple and attractive?"),
        _("What people give and what they get, in one breath."),
        Kind.ANSWER,
    ),
    Field(
        "checks.networks",
        _("Which networks carry it?"),
        _("Who reaches those who should take part: existing groups, lists, places."),
        Kind.ANSWER,
    ),
)

CAPABILITIES: Final = (
    ("organize", _("organizes")),
    ("judge", _("judges")),
    ("submit", _("writes entries")),
    ("captain", _("leads a team")),
    ("advise", _("offers office hours")),
    ("follow", _("looks on")),
)
DIVISIONS: Final = Rows(
    "registration.divisions",
    _("Divisions"),
    "division",
    _("Add a division"),
    _("Groups that compete apart, such as schools and universities. None: all compete together."),
    (
        Field("name", _("Name"), _("As it stands on the board."), size="half"),
        Field("key", _("Key"), _("Short, for tables."), size="half"),
        Field("summary", _("Who belongs to it"), _("One sentence."), size="wide"),
    ),
)
ELIGIBILITY: Final = Rows(
    "registration.eligibility",
    _("Who may not take part"),
    "condition",
    _("Add a condition"),
    _("Conditions on answers of the registration form. Whoever does not fulfil one reads its message."),
    (
        Field("field", _("Question"), _("Which answer is looked at."), Kind.CHOICE, source="registration.form", size="half"),
        Field("message", _("What they read"), _("Name the rule and say it kindly."), Kind.LONG),
        Field("among", _("The answer is one of"), _("One per line."), Kind.LINES, size="half"),
        Field("excludes", _("The answer is none of"), _("One per line."), Kind.LINES, size="half"),
        Field("min", _("At least"), _("For numbers."), Kind.NUMBER, size="third"),
        Field("max", _("At most"), _("For numbers."), Kind.NUMBER, size="third"),
    ),
    keyed=False,
)
ROLES: Final = Rows(
    "roles",
    _("Roles"),
    "role",
    _("Add a role"),
    _("How people are called here, and what they may do."),
    (
        Field("name", _("Name"), _("As people say it."), size="half"),
        Field("key", _("Key"), _("Short, for tables."), size="half"),
        Field("capabilities", _("May"), _("What the role allows."), Kind.KEYS, CAPABILITIES),
        Field("summary", _("What they do"), _("One sentence."), size="wide"),
    ),
)

PEOPLE: Final = (
    Field("registration.opens", _("Registration opens"), _("Empty: at the launch."), Kind.TIME, size="half"),
    Field("registration.closes", _("Registration closes"), _("Empty: when the first round opens."), Kind.TIME, size="half"),
    Field("registration.capacity", _("Places"), _("How many teams are taken. Empty: no limit."), Kind.WHOLE, size="third"),
    Field(
        "registration.min_members", _("Smallest team"), _("How many people a team needs to hand in."), Kind.WHOLE, size="third"
    ),
    Field("registration.max_members", _("Largest team"), _("Empty: no limit."), Kind.WHOLE, size="third"),
    Field("registration.mergers", _("Teams may merge"), _("Between rounds, by agreement."), Kind.SWITCH, on=True, size="half"),
    Field("registration.mergers_until", _("Mergers until"), _("Empty: until the last round begins."), Kind.TIME, size="half"),
    Field(
        "registration.waiting_list",
        _("Waiting list"),
        _("When all places are taken, later teams wait and move up."),
        Kind.SWITCH,
        on=True,
        size="half",
    ),
    Field(
        "registration.approval",
        _("You accept each team"),
        _("Nobody is in before an organizer says so."),
        Kind.SWITCH,
        size="half",
    ),
    Field("registration.min_age", _("Smallest age"), _("Whoever registers confirms it."), Kind.WHOLE, size="third"),
    Field("registration.consent", _("For younger people"), _("What parents or guardians confirm instead."), Kind.LONG),
    Field("registration.terms.text", _("Terms"), _("What everybody accepts. Who accepted which version is kept."), Kind.MARKDOWN),
    Field(
        "registration.terms.version", _("Version of the terms"), _("Raise it when the terms change."), needs="text", size="third"
    ),
    Field(
        "registration.licence.text",
        _("Licence for reuse"),
        _("How others may use what is entered, once it is published."),
        Kind.MARKDOWN,
    ),
    Field(
        "registration.licence.version",
        _("Version of the licence"),
        _("Raise it when the licence changes."),
        needs="text",
        size="third",
    ),
    Field(
        "registration.names.min_length", _("Shortest name"), _("Letters of a team's name."), Kind.WHOLE, size="third", more=True
    ),
    Field(
        "registration.names.max_length", _("Longest name"), _("Letters of a team's name."), Kind.WHOLE, size="third", more=True
    ),
    Field("registration.names.forbidden", _("Words not in names"), _("One per line."), Kind.LINES, more=True),
    questions("registration.form", _("Questions at registration"), _("What a team answers when it registers.")),
    DIVISIONS,
    ELIGIBILITY,
    ROLES,
)

VISIBILITIES: Final = (
    ("sealed", _("nothing: only the team, its judges and you")),
    ("scores", _("boards and scores")),
    ("summaries", _("also titles, summaries and feedback in short")),
    ("full", _("whole entries and marks")),
    ("forkable", _("whole entries, and others may build on them")),
)
COMBINE: Final = (("sum", _("their sum")), ("mean", _("their mean")))
MISSING: Final = (("skip", _("is left out")), ("zero", _("counts as zero")), ("unscored", _("leaves the whole without a score")))
ROUNDS: Final = Rows(
    "rounds",
    _("Rounds"),
    "round",
    _("Add a round"),
    _("In order of time. Entries are taken from opening to closing; judges mark until judging closes; then you publish."),
    (
        Field("name", _("Name"), _("As it stands on the timeline."), size="half"),
        Field("key", _("Key"), _("Short, for tables and addresses."), size="half"),
        Field("summary", _("What happens in it"), _("One or two sentences for everybody."), Kind.LONG),
        Field("opens", _("Opens"), _("From then on tasks are seen and entries taken."), Kind.TIME, size="third"),
        Field("closes", _("Closes"), _("The deadline, to the second."), Kind.TIME, size="third"),
        Field("judging_closes", _("Judging closes"), _("Marks are taken until then."), Kind.TIME, size="third"),
        Field(
            "visibility",
            _("After publication others see"),
            _("It only ever widens."),
            Kind.CHOICE,
            VISIBILITIES,
            empty=_("nothing: only the team, its judges and you"),
            size="wide",
        ),
        Field(
            "gate",
            _("Opens only after a decision"),
            _("You look at what came out before, and write down why it goes on."),
            Kind.SWITCH,
            size="half",
        ),
        Field(
            "feedback",
            _("Everybody gets feedback"),
            _("The round cannot be closed before every entrant has a written comment."),
            Kind.SWITCH,
            size="half",
        ),
        *JUDGING,
        Field("overlap", _("May run beside other rounds"), _("Else one ends before the next opens."), Kind.SWITCH, size="half"),
        Field(
            "combine",
            _("Several tasks give"),
            _("How the scores of its tasks become the score of the round."),
            Kind.CHOICE,
            COMBINE,
            empty=_("their sum"),
            size="half",
            more=True,
        ),
        Field("best", _("Only the best"), _("How many tasks count. Empty: all."), Kind.WHOLE, size="half", more=True),
        Field(
            "missing",
            _("A task not done"),
            _("What it does to the score of the round."),
            Kind.CHOICE,
            MISSING,
            empty=_("is left out"),
            size="half",
            more=True,
        ),
        Field(
            "tests",
            _("Teams record tests of change"),
            _("What they try, expect, see and learn. A team that is silent for 8 days is asked, kindly, what it tries next."),
            Kind.SWITCH,
            size="half",
            more=True,
        ),
        Field("collective", _("One shared goal"), _("All teams work for one sum."), Kind.SWITCH, size="half", more=True),
        Field("goal", _("The goal"), _("The sum of all scores at which it is reached."), Kind.NUMBER, size="half", more=True),
        Field(
            "decimals",
            _("Decimals"),
            _("To how many the score of the round is rounded. Empty: it stays exact."),
            Kind.WHOLE,
            size="half",
            more=True,
        ),
        STUDY,
    ),
)

STEPS: Final = (
    Step("name", _("Name and words"), _("What it is called, and what a visitor reads first."), NAMES, ("cycle", "playbook")),
    Step("aim", _("Aim and three checks"), _("What it is for. A launch asks for these, or for an open reason to do without."), AIM, ("aim", "checks")),
    Step("people", _("Who may come"), _("The door: when it is open, how many come in, what they accept."), PEOPLE, ("registration", "roles")),
    Step("rounds", _("Rounds and dates"), _("The dates are proposed from the day you begin. Move one, or all of them at once."), (ROUNDS,), ("rounds",)),
    Step("challenges", _("Tasks"), _("What teams do in each round, what they hand in, and what judges look at."), (CHALLENGES,), ("challenges",)),
    Step("sharing", _("Learning from each other"), _("What ideas tell, who helps, and how often."), SHARING, ("sharing", "reply_days", "peers", "office_hours")),
    Step("boards", _("Boards and who goes on"), _("How scores become places. The first board is the main result."), (BOARDS, CUTS), ("boards", "cuts")),
    Step("awards", _("Awards"), _("What can be won, and by whom."), AWARDS, ("awards", "rules", "badges")),
    Step("looks", _("Looks and what is kept"), _("Colour, motto and partners; and what is deleted once it is over."), LOOKS, ("brand", "retention")),
    Step("all", _("All rules"), _("Everything as text, also what has no field of its own.")),
    Step("preview", _("Preview"), _("What each role will see, made from these rules.")),
    Step("launch", _("Launch"), _("What is still missing, a dry run, and the launch itself.")),
)  # fmt: skip
