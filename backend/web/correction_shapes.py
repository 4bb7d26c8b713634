"""A correction in the shapes that its page takes: what is changed, in words; what it moves, as a story; who is told. Pure but for addresses."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.templatetags.ludus import shown, status_words
from backend.web import shapes
from backend.web.pages.launching.words import changed_words
from games.changes.models import Change, ChangeSet
from games.changes.rules import ChangeKind, ChangeSetState
from games.changes.rules.written import spelled_out
from games.cycles.models import Cycle
from games.judging.rules import MarkState
from games.playbooks.schema import Design
from leaderboards.queries import movement

STATES: Final = {
    ChangeSetState.DRAFT: ("planned", gettext_lazy("draft")),
    ChangeSetState.APPLIED: ("published", gettext_lazy("applied")),
    ChangeSetState.CANCELLED: ("closed", gettext_lazy("cancelled")),
}
SAME_MOST: Final = 100  # rows that stay as they are, listed at most
RANKED: Final = "ranked"
type Names = Mapping[str, str]


def badge_of(change_set: ChangeSet) -> dict[str, Any]:
    """The state of a correction."""
    return shapes.badge(STATES[ChangeSetState(change_set.state)])


# --- What is changed ------------------------------------------------------------------------------------------------------------------


def change_words(cycle: Cycle, design: Design, one: Change, groups: Names, judges: Mapping[int, str]) -> dict[str, Any]:
    """One change: {title, where, before, after, url (what it is about), rules (for a change of rules)}."""
    target = one.target
    group = groups.get(target.get("group", ""), target.get("group", ""))
    url = ""
    if "sheet" in target:
        url = reverse("desk-sheet", args=[cycle.key, target["sheet"]])
    elif group:
        url = reverse("group", args=[cycle.key, target["group"]])
    return {"position": one.position, "kind": one.kind, "url": url, "rules": [], "before": "", "after": ""} | _words(
        design, one, group, judges
    )


def _words(design: Design, one: Change, group: str, judges: Mapping[int, str]) -> dict[str, Any]:
    target = one.target
    match ChangeKind(one.kind):
        case ChangeKind.MARK:
            title = _("%(group)s: %(criterion)s") % {"group": group, "criterion": criterion_title(design, target)}
            where = _("%(judge)s, %(task)s") % {"judge": _judge(target, judges), "task": task_title(design, target)}
            return {"title": title, "where": where, "before": mark_words(one.before), "after": mark_words(one.after)}
        case ChangeKind.RECUSE:
            where = _("%(judge)s, %(task)s") % {"judge": _judge(target, judges), "task": task_title(design, target)}
            out = one.after["state"] == "recused"
            said = (_("The whole sheet on %(group)s no longer counts") if out else _("The sheet on %(group)s counts again")) % {
                "group": group
            }
            return {"title": said, "where": where}
        case ChangeKind.RULE:
            data = spelled_out(design.data())
            return {"title": _("The rules"), "where": "", "rules": changed_words(target.get("diff", []), data, data)}
        case kind:
            return _out_words(design, one, group, out=kind is ChangeKind.DISQUALIFY)


def _out_words(design: Design, one: Change, group: str, *, out: bool) -> dict[str, Any]:
    if "number" in one.target:
        said = _("One entry of %(group)s is disqualified") if out else _("One entry of %(group)s counts again")
        return {"title": said % {"group": group}, "where": task_title(design, one.target)}
    if not out:
        return {"title": _("%(group)s is reinstated") % {"group": group}, "where": ""}
    where = _("as of %(round)s") % {"round": round_title(design, one.target["round"])}
    return {"title": _("%(group)s is disqualified") % {"group": group}, "where": where}


def _judge(target: Mapping[str, Any], judges: Mapping[int, str]) -> str:
    return judges.get(target.get("person", 0)) or str(target.get("judge", ""))


def mark_words(said: Mapping[str, Any]) -> str:
    """A mark as it is read: its value, or that there is none."""
    if said.get("value") is not None:
        return str(shown(said["value"]))
    return _("absent") if said.get("state") == MarkState.ABSENT else _("no mark")


def round_title(design: Design, key: str) -> str:
    """What people call a round."""
    spec = design.round(key)
    return spec.title if spec is not None else key


def task_title(design: Design, target: Mapping[str, Any]) -> str:
    """What people call a task."""
    spec = design.challenge(target["round"], target["challenge"])
    return spec.title if spec is not None else str(target["challenge"])


def criterion_title(design: Design, target: Mapping[str, Any]) -> str:
    """What people call a criterion."""
    spec = design.challenge(target["round"], target["challenge"])
    found = [one.title for one in spec.marked_criteria if one.key == target["criterion"]] if spec is not None else []
    return found[0] if found else str(target["criterion"])


# --- What it moves --------------------------------------------------------------------------------------------------------------------


def story(cycle: Cycle, body: Mapping[str, Any], judges: Mapping[int, str], currency: str) -> dict[str, Any]:
    """A preview as it is read: {summary, boards, fields, awards, told, problems, warnings}."""
    names: Names = body["names"]
    boards = [_board(cycle, one) for one in body["boards"]]
    awards = [_award(one, names, currency) for one in body["awards"]]
    return {
        "summary": _summary(body, boards),
        "boards": boards,
        "fields": [_field(one, names) for one in body["fields"]],
        "awards": awards,
        "rest": [_rest(key, was, now, currency) for key, (was, now) in body["rest"].items()],
        "choices": [one for one in awards if one["to_take_back"]],
        "groups": [names.get(key, key) for key in body["groups"]],
        "people": body["people"],
        "judges": [judges.get(pk, "") for pk in body["judges"] if judges.get(pk)],
        "problems": body["problems"],
        "warnings": body["warnings"],
        "publishes": bool(body["rounds"]),
    }


def _summary(body: Mapping[str, Any], boards: Sequence[Mapping[str, Any]]) -> list[str]:
    """The whole in a few sentences."""
    moved = sum(1 for board in boards for row in board["rows"] if row["place_moves"])
    if not body["rounds"]:
        return [_("Nothing of this is published yet: no published place moves, and nobody is told.")]
    on = sum(1 for board in boards if any(row["place_moves"] for row in board["rows"]))
    places = ngettext("%(count)d place moves", "%(count)d places move", moved) % {"count": moved}
    where = ngettext("on %(count)d board.", "on %(count)d boards.", on) % {"count": on}
    said = [f"{places} {where}" if moved else _("No place moves.")]
    into = sum(len(one["joins"]) for one in body["fields"])
    out = sum(len(one["leaves"]) for one in body["fields"])
    if into or out:
        said.append(_("Into the rounds that follow: %(into)d more, %(out)d fewer.") % {"into": into, "out": out})
    awards = len({one["award"] for one in body["awards"]})
    if awards:
        said.append(ngettext("%(count)d award moves.", "%(count)d awards move.", awards) % {"count": awards})
    people = ngettext("%(count)d person is told.", "%(count)d people are told.", body["people"]) % {"count": body["people"]}
    return [*said, people]


def _board(cycle: Cycle, one: Mapping[str, Any]) -> dict[str, Any]:
    rows = [_row(row) for row in one["rows"]]
    moved = [row for row in rows if row["moves"]]
    return {
        "key": one["key"],
        "name": one["name"],
        "before": one["before"],
        "after": one["before"] + 1,
        "url": reverse("board", args=[cycle.key, one["key"]]),
        "rows": moved,
        "brackets": len({row["bracket"] for row in moved}) > 1,
        "same": [row for row in rows if not row["moves"]][:SAME_MOST],
        "same_count": len(rows) - len(moved),
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A group before and after, side by side. `move`: places won (+) or lost (-), or None."""
    was, now = row["was"], row["now"]
    before, after = was or ["", "", ""], now or ["", "", ""]
    return {
        "group": row["group"],
        "name": row["name"],
        "bracket": row["bracket"],
        "was": {"place": before[0], "score": before[1], "words": "" if was else _("not on the board")},
        "now": {"place": after[0], "score": after[1], "words": _standing(now)},
        "move": movement(after[0], before[0]),
        "moves": was != now,
        "place_moves": (before[0], before[2]) != (after[0], after[2]),
        "score_moves": before[1] != after[1],
    }


def _standing(now: Sequence[str] | None) -> str:
    if now is None:
        return _("no longer on the board")
    return "" if now[2] == RANKED else str(status_words(now[2]))


def _field(one: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A round that follows: sentences about who comes in, who goes, who stays although."""

    def listed(key: str) -> str:
        return ", ".join(names.get(group, group) for group in one[key])

    said = []
    if one["joins"]:
        said.append(_("%(groups)s: in, by the corrected result.") % {"groups": listed("joins")})
    if one["leaves"]:
        said.append(_("%(groups)s: no longer in. The round has not begun.") % {"groups": listed("leaves")})
    if one["stays"]:
        text = _(
            "%(groups)s: would not be in. The round has begun, and nobody is taken out of it: they stay, by a decision that says so."
        )
        said.append(text % {"groups": listed("stays")})
    if one["late"]:
        text = _(
            "%(groups)s: would have been in. The round takes no more entries, and nobody is added: a decision says so. "
            "Invite them, or open the round again, if that is fairer."
        )
        said.append(text % {"groups": listed("late")})
    return {"name": one["name"], "state": one["state"], "said": said}


def _award(one: Mapping[str, Any], names: Names, currency: str) -> dict[str, Any]:
    before, after = one["before"], one["after"]
    return {
        "title": one["title"],
        "group": names.get(one["group"], one["group"]),
        "grant": one["grant"],
        "state": one["state"],
        "acted_on": one["acted_on"],
        "to_take_back": one["to_take_back"],
        "before": _won(before, currency),
        "after": _won(after, currency),
        "gone": after is None,
        "new": before is None,
    }


def _won(won: Sequence[Any] | None, currency: str) -> str:
    """Place and money of an award in short."""
    if won is None:
        return "–"
    place, cents = won
    parts = [_("place %(place)s") % {"place": shown(place)} if place else _("won"), shapes.money(cents, currency)]
    return ", ".join(part for part in parts if part)


def _rest(key: str, was: int, now: int, currency: str) -> str:
    text = _("%(award)s: %(now)s stay with nobody, %(was)s before.")
    nothing = f"0 {currency}"
    return text % {"award": key, "now": shapes.money(now, currency) or nothing, "was": shapes.money(was, currency) or nothing}
