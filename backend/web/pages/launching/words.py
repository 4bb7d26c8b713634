"""Rules in words beside the form, and what an amendment changes, told."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.web.learning_words import learning_rules, moment, study_words
from backend.web.pages.launching.parts import Field, fields_in
from backend.web.pages.launching.tables import STEPS
from games.playbooks.schema import Design, Registration, Widening
from games.progression.paths import path_of
from games.progression.rules import scoring_of
from leaderboards.engine.spec import expand_boards
from leaderboards.engine.words import award_rules, board_rules, challenge_rules, cut_rules, scoring_rules

type Told = list[dict[str, Any]]
MOST: Final = 160  # characters of a value in a sentence
TABLES: Final = {
    "cycle": gettext_lazy("The cycle"),
    "aim": gettext_lazy("Aim"),
    "checks": gettext_lazy("Check"),
    "registration": gettext_lazy("Registration"),
    "roles": gettext_lazy("Role"),
    "rounds": gettext_lazy("Round"),
    "challenges": gettext_lazy("Task"),
    "boards": gettext_lazy("Board"),
    "cuts": gettext_lazy("Cut"),
    "awards": gettext_lazy("Award"),
    "rules": gettext_lazy("Points"),
    "badges": gettext_lazy("Badge"),
    "criteria": gettext_lazy("criterion"),
    "form": gettext_lazy("question"),
    "panels": gettext_lazy("panel"),
    "levels": gettext_lazy("level"),
}
LABELS: Final[Mapping[str, Field]] = {path: field for step in STEPS for path, field in fields_in(step.parts)}


def words_for(step: str, design: Design, at: int | None = None) -> Told:
    """The rules of a step in words: [{title, sentences}]."""
    tasks = design.challenges if at is None else design.challenges[at : at + 1]
    told: dict[str, Callable[[], list[tuple[str, list[str]]]]] = {
        "people": lambda: [(_("The door"), door_words(design))],
        "rounds": lambda: [(one.title, _round_words(design, one)) for one in design.rounds],
        "challenges": lambda: [(one.title, challenge_rules(design, one)) for one in tasks],
        "sharing": lambda: [(_("Learning from each other"), learning_rules(design))],
        "boards": lambda: [
            *((one.title, board_rules(design, one.id)) for one in expand_boards(design)),
            *((f"→ {cut.to}", cut_rules(design, cut)) for cut in design.cuts),
        ],
        "awards": lambda: [(one.title, award_rules(design, one.key)) for one in design.awards],
    }
    return [{"title": title, "sentences": sentences} for title, sentences in told[step]()] if step in told else []


def door_words(design: Design) -> list[str]:
    """Who may come in, when, and under what terms."""
    rules = design.registration
    opens = moment(rules.opens, design) or _("the launch")
    closes = moment(rules.closes, design) or _("the opening of the first round")
    found = [_("Teams register from %(opens)s until %(closes)s.") % {"opens": opens, "closes": closes}]
    found.append(_size_words(rules))
    if rules.capacity is not None:
        waits = _("Later ones wait and move up.") if rules.waiting_list else _("Later ones are turned away.")
        count = ngettext("There is %(count)d place.", "There are %(count)d places.", rules.capacity) % {"count": rules.capacity}
        found.append(f"{count} {waits}")
    if rules.approval:
        found.append(_("You accept each team before it is in."))
    if rules.divisions:
        found.append(_("They compete apart: %(names)s.") % {"names": ", ".join(one.name or one.key for one in rules.divisions)})
    if rules.min_age is not None:
        found.append(_("Everybody is at least %(age)d years old.") % {"age": rules.min_age})
    for name, document in ((_("terms"), rules.terms), (_("licence"), rules.licence)):
        if document is not None:
            found.append(_("They accept the %(name)s, version %(version)s.") % {"name": name, "version": document.version})
    needed = sum(1 for one in rules.form if one.required)
    if rules.form:
        found.append(
            _("They answer %(all)d questions, %(needed)d of them must be answered.") % {"all": len(rules.form), "needed": needed}
        )
    return [*found, *(one.message for one in rules.eligibility)]


def _size_words(rules: Registration) -> str:
    if rules.max_members is None:
        return _("A team has %(least)d members or more.") % {"least": rules.min_members}
    if rules.max_members == rules.min_members == 1:
        return _("Everybody takes part alone.")
    return _("A team has %(least)d to %(most)d members.") % {"least": rules.min_members, "most": rules.max_members}


def _round_words(design: Design, one: Any) -> list[str]:
    found = []
    if one.opens and one.closes:
        days = max((one.closes - one.opens).days, 0)
        spans = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
        found.append(
            _("Entries from %(opens)s until %(closes)s (%(spans)s).")
            % {"opens": moment(one.opens, design), "closes": moment(one.closes, design), "spans": spans}
        )
    if one.judging_closes:
        found.append(_("Judges mark until %(until)s.") % {"until": moment(one.judging_closes, design)})
    if one.gate:
        found.append(_("It opens only after a recorded decision."))
    if one.blind:
        found.append(_("Judges see numbers instead of names until results are published."))
    if one.calibration:
        found.append(_("Judges mark the same anchor entries first and talk about them; the others open after that."))
    if one.others_marks != "never":
        when = _("once their own sheet is final") if one.others_marks == "after_final" else _("at any time")
        found.append(_("Judges see the others' marks on the same entry %(when)s.") % {"when": when})
    if one.judges_named:
        found.append(_("Teams see who judged them, once results are published."))
    if one.appeal_days:
        spans = ngettext("%(count)d day", "%(count)d days", one.appeal_days) % {"count": one.appeal_days}
        found.append(_("A team may appeal within %(spans)s after publication.") % {"spans": spans})
    found += study_words(design, one)
    if one.tests:
        found.append(_("Teams record tests of change; one that is silent for eight days is asked what it tries next."))
    if one.feedback:
        each = one.feedback_on == "criterion"
        found.append(
            _("Everybody who enters gets written feedback on each criterion before it is closed.")
            if each
            else _("Everybody who enters gets written feedback before it is closed.")
        )
    tasks = [task.title for task in design.challenges if task.in_round(one.key)]
    found.append(_("Tasks: %(names)s.") % {"names": ", ".join(tasks)} if tasks else _("No task is set in it yet."))
    sees = {key: str(label) for key, label in LABELS["rounds.visibility"].options}
    found.append(_("After publication others see: %(what)s.") % {"what": sees.get(one.visibility.value, "")})
    return [*found, *(_later_words(step, sees[step.to.value], design) for step in one.widens)]


def _later_words(step: Widening, what: str, design: Design) -> str:
    """A step of the ladder."""
    if step.begins is not None:
        return _("From %(begins)s on others see: %(what)s.") % {"begins": moment(step.begins, design), "what": what}
    when = {
        "study": _("When teams begin to study it, others see: %(what)s."),
        "next_round": _("When the next round opens, others see: %(what)s."),
        "closed": _("When the cycle is closed, others see: %(what)s."),
    }
    return when[step.on or "closed"] % {"what": what}


# --- Amendments -------------------------------------------------------------------------------------------------------------------------


def changed_words(diff: Sequence[Mapping[str, Any]], before: Mapping[str, Any], after: Mapping[str, Any]) -> Told:
    """Each change as {what, before, after, words (whether only words for people change)}."""
    found = []
    for change in diff:
        gone = change["after"] is None
        found.append(
            {
                "what": place_words(str(change["path"]), before if gone else after),
                "before": value_words(change["before"]),
                "after": value_words(change["after"]),
                "words": scoring_of({str(change["path"]).rpartition(".")[2]: str(change["after"])}) == {},
            }
        )
    return found


def place_words(where: str, data: Mapping[str, Any]) -> str:
    """Round “Final” · Closes: where a change stands, as the form calls it."""
    here: Any = data
    said: list[str] = []
    names: list[str] = []
    for step in path_of(where, data):
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(step, int):
            named = here.get("name") or here.get("key") or here.get("to") if isinstance(here, Mapping) else None
            said[-1:] = [f"{said[-1]} “{named}”" if named else f"{said[-1]} {step + 1}"]
            continue
        names.append(step)
        label = LABELS.get(".".join(names))
        said.append(str(label.label if label else TABLES.get(step, step.replace("_", " "))))
    return " · ".join(said)


def value_words(value: Any) -> str:
    """A value in short."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("key") or _("%(count)d settings") % {"count": len(value)})
    if isinstance(value, list):
        return _short(", ".join(value_words(one) for one in value))
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


def sentences_changed(before: Design, after: Design) -> Told:
    """The rules in words that go and that come: [{title, gone, new}]. A new name alone is no other rule."""
    old, new = scoring_rules(before), scoring_rules(_named_as(before, after))
    found = []
    for title in [*old, *(one for one in new if one not in old)]:
        gone = [one for one in old.get(title, []) if one not in new.get(title, [])]
        come = [one for one in new.get(title, []) if one not in old.get(title, [])]
        if gone or come:
            found.append({"title": title, "gone": gone, "new": come})
    return found


def _named_as(before: Design, after: Design) -> Design:
    """The later rules under the earlier names: what still differs in words is a rule."""
    data = after.data()
    for table in ("rounds", "challenges", "boards", "awards"):
        _rename(data.get(table, []), before.data().get(table, []))
    return Design.model_validate(data)


def _rename(rows: Any, names: Any) -> None:
    known = {one.get("key"): one for one in names if isinstance(one, dict)}
    for row in rows:
        old = known.get(row.get("key")) if isinstance(row, dict) else None
        if old is None:
            continue
        row.pop("name", None)
        row.update({"name": old["name"]} if "name" in old else {})
        for inner in ("criteria", "panels", "fields"):
            _rename(row.get(inner, []), old.get(inner, []))
