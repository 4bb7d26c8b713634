"""A round that is judged, with something secret in every place where something can be: who may read it depends on the round's rules.

Two teams have handed in. Of the entry of "scarlet": jonas made his sheet final (and had to open it again once), jill hers, judith and
carol (the chair) have not marked it, kim gave it back with a conflict of interest, joe sits on another panel and made his final.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils.timezone import now

from games.changes.models import Appeal, ChangeSet
from games.coaching.models import Booking, SessionNote, Slot
from games.cycles.queries import committed
from games.groups.models import Group
from games.ideas import actions as sharing
from games.ideas.models import RiskAnswer
from games.ideas.rules import Telling
from games.judging import actions
from games.judging.actions import deliberating
from games.judging.models import Calibration, Concern, ConflictOfInterest, Deliberation, MarkReview, Panelist, Remark, Sheet
from games.judging.rules import ConflictSource, Given
from games.learning import actions as learning
from games.learning.models import Taken
from games.learning.rules import Act
from games.notices.models import Announcement
from games.organizations.models import Organization
from games.playbooks.schema import parse_design
from games.progression.actions import apply_design
from games.progression.actions.timing import waive_looks
from games.recognition.models import LearningWeek, WatchFlag, Win
from games.submissions import actions as entering
from games.submissions.queries import label_for
from games.suggestions.models import Suggestion
from games.talk import actions as talk
from tests.cast import Actor, actor
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory
from tests.factories.organizations import PersonFactory
from tests.factories.submissions import move
from worker.pulse import pulse
from worker.steps import settle_now

NAMES = {
    "ada": "Ada Quillfeather",
    "ben": "Ben Tarrow",
    "judith": "Judith Okonjo",
    "jill": "Jill Sandgren",
    "carol": "Carol Whitlock",
    "kim": "Kim Adeyemi",
    "joe": "Joe Farquhar",
    "jonas": "Jonas Nordlund",
    "org": "Olga Ferrante",
    "sam": "Sam Iverson",
    "eve": "Eve Marchetti",
    "root": "Root Vandermeer",
}
TASK: dict[str, Any] = {
    "key": "essay",
    "form": [
        {"key": "title", "required": True},
        {"key": "crew", "blind": "hidden"},
        {"key": "digest", "blind": "only"},
        {"key": "plan", "type": "file", "types": ["pdf"]},
    ],
    "criteria": [
        {"key": "impact", "min": 0, "max": 10, "step": "0.01", "panel": "jury"},
        {"key": "charm", "min": 0, "max": 10, "step": "0.01", "panel": "crowd"},
    ],
    "panels": [{"key": "jury"}, {"key": "crowd"}],
}


@dataclass(frozen=True, slots=True)
class Mode:
    """What decides who reads what."""

    blind: bool
    others: str
    named: bool
    published: bool

    def __str__(self) -> str:
        flags = ("blind" if self.blind else "open", self.others, "named" if self.named else "numbers")
        return "-".join((*flags, "published" if self.published else "running"))


@dataclass(slots=True)
class Scene:
    """The people and rows, and what is secret: needle by name."""

    mode: Mode
    who: dict[str, Actor]
    rows: dict[str, Any] = field(default_factory=dict)
    needles: dict[str, str] = field(default_factory=dict)
    identity: tuple[str, ...] = ("Scarlet Ibises", "scarlet-ibises", NAMES["ada"], "Vermilion Waterworks")
    entry: tuple[str, ...] = ()

    @property
    def roles(self) -> dict[str, Actor]:
        """Everybody who knocks, the visitor too."""
        return self.who | {"visitor": Actor("visitor")}

    def ids(self, model: type[Model]) -> list[Any]:
        """Ids of rows of a model: all that there are of the few kinds that are secret, of people and their mail those who matter."""
        rows = model._default_manager.order_by("pk")
        match model.__name__:
            case "Sheet":
                rows = rows.filter(
                    judge__in=[self.who[name].person.pk for name in ("jonas", "jill", "judith", "carol", "joe", "kim")]
                )
                rows = rows.filter(group=self.rows["red"].pk)
            case "Person" | "User":
                held = [self.who[name] for name in ("ada", "jonas")]
                rows = rows.filter(pk__in=[one.person.pk if model.__name__ == "Person" else one.user.pk for one in held])
            case "Membership" | "Notice" | "Message":
                field = "person_id"
                rows = rows.filter(**{f"{field}__in": [self.who[name].person.pk for name in ("ada", "jonas")]})[:3]
        return list(rows.values_list("pk", flat=True))


def judged(mode: Mode, **rules: Any) -> Scene:
    """The whole scene in one mode. `rules`: more of them, as a design is written."""
    who = {name: actor(name, is_superuser=name == "root") for name in NAMES}
    for name, whole in NAMES.items():
        type(who[name].user)._default_manager.filter(pk=who[name].user.pk).update(name=whole)
        type(who[name].person)._default_manager.filter(pk=who[name].person.pk).update(name=whole)
        who[name].person.name = whole
    found = Scene(mode, who)
    _cycle(found, rules)
    _entries(found)
    _panels(found)
    _marks(found)
    _words(found)
    _commons(found)
    if mode.published:
        waive_looks(found.rows["round"], by=who["org"].user, reason="What waits for a look stays to be read by those who may.")
        settle_now(found.rows["round"], by=who["org"].user)
    pulse()
    committed(found.rows["cycle"].pk, 1)  # as if: the rules are kept in the process, as they are outside of a test
    return found


def _cycle(found: Scene, more: dict[str, Any]) -> None:
    mode = found.mode
    rules = {"blind": mode.blind, "others_marks": mode.others, "judges_named": mode.named, "visibility": "full"}
    cycle = CycleFactory.create(key="water", name="Clean water", state="running")
    design = parse_design(
        {
            "format": 1,
            "cycle": {"key": "water", "name": "Clean water"},
            "rounds": [{"key": "call", "name": "Call", **rules, "appeal_days": 9}],
            "challenges": [TASK],
            "boards": [{"key": "result"}],
        }
        | more
    )
    apply_design(cycle, design, by=None)
    round_ = cycle.rounds.get()
    move(round_, opens=-7200, closes=3600)
    found.rows |= {"cycle": cycle, "round": round_, "task": round_.challenges.get(key="essay")}
    found.rows["task"].round = round_
    for key, name, captain in (("scarlet-ibises", "Scarlet Ibises", "ada"), ("azure-terns", "Azure Terns", "ben")):
        group = Group.objects.create(cycle=cycle, key=key, name=name, invite_code=f"CODE{key[:4].upper()}99")
        found.rows["red" if captain == "ada" else "blue"] = group
        held = ["captain", "submit"]
        MembershipFactory(cycle=cycle, group=group, person=found.who[captain].person, role="captain", capabilities=held)
    found.rows["red"].organization = Organization.objects.create(key="waterworks", name="Vermilion Waterworks")
    found.rows["red"].save(update_fields=["organization"])
    for name in ("judith", "jill", "carol", "kim", "joe", "jonas"):
        MembershipFactory(cycle=cycle, group=None, person=found.who[name].person, role="judge", capabilities=["judge"])
    for name, held in (("org", "organize"), ("sam", "follow")):
        MembershipFactory(cycle=cycle, group=None, person=found.who[name].person, role=name, capabilities=[held])


def _entries(found: Scene) -> None:
    task = found.rows["task"]
    for name, captain in (("red", "ada"), ("blue", "ben")):
        by, person = found.who[captain].user, found.who[captain].person
        group = found.rows[name]
        entry = entering.open_entry(challenge=task, group=group, by=by, person=person)
        file = SimpleUploadedFile(f"{name}-secretfile.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
        plan = entering.upload(submission=entry, field="plan", file=file, by=by, person=person)
        data = {"title": f"{name}titleword", "crew": f"{name}crewword", "digest": f"{name}copyword", "plan": plan.pk}
        entering.submit(submission=entry, by=by, person=person, data=data, note=f"{name}changeword")
    move(found.rows["round"], closes=-60)
    found.needles |= {
        "title": "redtitleword",
        "hidden answer": "redcrewword",
        "copy": "redcopyword",
        "note of the team": "redchangeword",
        "file name": "red-secretfile",
    }
    ordinal = Group.objects.filter(cycle=found.rows["cycle"], pk__lte=found.rows["red"].pk).count()
    found.entry = ("redtitleword", "redcopyword", f">{label_for(found.rows['round'], ordinal)}<")


def _panels(found: Scene) -> None:
    task = found.rows["task"]
    for name in ("judith", "jill", "carol", "kim", "jonas"):
        seat = actions.add_panelist(challenge=task, panel="jury", person=found.who[name].person, by=None)
        Panelist.objects.filter(pk=seat.pk).update(chair=name == "carol")
    actions.add_panelist(challenge=task, panel="crowd", person=found.who["joe"].person, by=None)
    red, blue = found.rows["red"], found.rows["blue"]
    wanted = [(name, red, "jury") for name in ("judith", "jill", "carol", "kim", "jonas")]
    wanted += [(name, blue, "jury") for name in ("judith", "kim")] + [("joe", red, "crowd")]
    given = [actions.Wanted(task, group, found.who[name].person, panel) for name, group, panel in wanted]
    actions.assign(cycle=found.rows["cycle"], wanted=given, by=None)


def sheet_of(found: Scene, name: str, group: str = "red") -> Sheet:
    """A judge's sheet."""
    rows = Sheet.objects.select_related("challenge__round__cycle", "judge", "group")
    return rows.get(judge=found.who[name].person, group=found.rows[group])


def _marks(found: Scene) -> None:
    def final(name: str, criterion: str, value: str, **more: Any) -> None:
        marks = [Given(criterion, value, comment=f"{name}remarkword")]
        actions.finalize(sheet=sheet_of(found, name), by=found.who[name].user, marks=marks, **more)

    final("jonas", "impact", "3.91", comment="jonaspastword")
    actions.reopen(sheet=sheet_of(found, "jonas"), by=found.who["org"].user, reason="a slip")
    final("jonas", "impact", "4.37", comment="jonascommentword", note="jonasnoteword")
    final("jill", "impact", "6.23", comment="jillcommentword")
    final("joe", "charm", "8.88", comment="joecommentword")
    actions.flag_sheet(sheet=sheet_of(found, "jill"), by=found.who["jill"].user, text="jillflagword")
    gone = sheet_of(found, "kim")
    actions.recuse(sheet=gone, by=found.who["kim"].user, reason="kimrecusedword")
    actions.declare_conflict(
        person=gone.judge, group=gone.group, by=found.who["kim"].user, reason="kimconflictword", source=ConflictSource.JUDGE
    )
    found.needles |= {
        "mark": "4.37",
        "comment": "jonascommentword",
        "remark": "jonasremarkword",
        "earlier mark": "3.91",
        "earlier comment": "jonaspastword",
        "own note": "jonasnoteword",
        "mark of another panel": "8.88",
        "comment of another panel": "joecommentword",
        "question to organizers": "jillflagword",
        "recusal": "kimrecusedword",
        "conflict": "kimconflictword",
        "judge's name": NAMES["jonas"],
        "judge's address": "jonas@example.org",
    }


def _words(found: Scene) -> None:
    task, who = found.rows["task"], found.who
    other = MembershipFactory(cycle=found.rows["cycle"], group=None, role="judge", capabilities=["judge"]).person
    ConflictOfInterest.objects.create(person=other, group=found.rows["red"], source="team", reason="objectionword")
    Concern.objects.create(group=found.rows["red"], words="concernword")
    calibration = Calibration.objects.create(challenge=task, panel="jury", state="done", discussed_at=now(), done_at=now())
    calibration.anchors.create(group=found.rows["blue"])
    talk = Deliberation.objects.create(challenge=task, panel="jury", group=None, state="closed", closed_at=now())
    Remark.objects.create(deliberation=talk, person=who["jonas"].person, text="calibrationword")
    room = deliberating.open_deliberation(
        challenge=task, panel="jury", group=found.rows["red"], why="deliberationwhyword", by=who["org"].user
    )
    deliberating.remark(deliberation=room, person=who["jonas"].person, text="deliberationword", by=who["jonas"].user)
    MarkReview.objects.create(sheet=sheet_of(found, "jonas"), criterion="impact", distance=300)
    Appeal.objects.create(round=found.rows["round"], group=found.rows["red"], text="appealword")
    ChangeSet.objects.create(cycle=found.rows["cycle"], number=1, reason="changesetword")
    Announcement.objects.create(
        cycle=found.rows["cycle"], title="For judges alone", text="judgesword", audience="judges", at=now()
    )
    found.needles |= {
        "objection": "objectionword",
        "concern": "concernword",
        "calibration talk": "calibrationword",
        "why of a deliberation": "deliberationwhyword",
        "deliberation": "deliberationword",
        "appeal": "appealword",
        "change set": "changesetword",
        "announcement for judges": "judgesword",
    }


def _help(found: Scene) -> None:
    """A rule somebody suggested and took back; an hour with an expert, what was asked, what the expert advised and noted for themselves."""
    cycle, red, ada, at = found.rows["cycle"], found.rows["red"], found.who["ada"].person, now()
    Suggestion.objects.create(cycle=cycle, number=1, author=ada, title="suggestionword", why="x", state="withdrawn", at=at)
    expert = PersonFactory(name="Somebody who knows")
    soon, later = at + timedelta(days=3), at + timedelta(days=3, minutes=20)
    slot = Slot.objects.create(cycle=cycle, number=1, expert=expert, starts_at=soon, ends_at=later, offered_at=at)
    hour = Booking.objects.create(cycle=cycle, slot=slot, group=red, question="bookingword", booked_at=at)
    Win.objects.create(cycle=cycle, group=red, kind="first_test", key="first", seal=1, at=at)
    LearningWeek.objects.create(cycle=cycle, group=red, week=at.date(), acts=1)
    facts = {"week": "2027-03-01", "acts": 6, "acts_before": 4.0, "learned": 0, "learned_before": 0.0}
    WatchFlag.objects.create(cycle=cycle, number=1, kind="motion", key="first", facts=facts, found_at=at, seen_at=at)
    for word, shared in (("adviceword", True), ("expertnoteword", False)):
        SessionNote.objects.create(booking=hour, author=expert, text=word, shared=shared, at=at)
    found.needles |= {
        "suggestion taken back": "suggestionword",
        "question to an expert": "bookingword",
        "advice of an expert": "adviceword",
        "note of an expert": "expertnoteword",
    }


def _commons(found: Scene) -> None:
    cycle, red, ada = found.rows["cycle"], found.rows["red"], found.who["ada"]
    for audience in ("own", "organizers"):
        told = Telling(title=f"The {audience}ideaword", kind="failure-story", parts={"steps": f"{audience}stepsword"})
        idea = sharing.share_idea(cycle=cycle, group=red, told=told, by=ada.user, audience=audience)
        words = {"title": f"On the {audience}talkword", "text": f"Said: {audience}talkword"}
        talk.open_thread(cycle=cycle, group=red, idea=idea, kind="question", by=ada.user, **words)
    barrier = talk.open_thread(cycle=cycle, group=red, kind="barrier", title="barrierword", text="Where from?", by=ada.user)
    org, opening = found.who["org"].user, barrier.posts.get()
    failed = Telling(title="Ours", parts={"went_wrong": "We did not ask."})
    sharing.tell_story(cycle=cycle, told=failed, by=org)
    for word, told in (("story", {"group": red}), ("nameless", {"nameless": True})):
        sharing.tell_story(cycle=cycle, told=replace(failed, title=f"{word}roomword"), by=ada.user, **told)
    RiskAnswer.objects.create(round=found.rows["round"], text="riskword")
    Taken.objects.create(cycle=cycle, number=1, round=found.rows["round"], group=red, text="takenword", at=now())
    talk.report(what=opening, why="Please look.", by=org)
    talk.rule(what=opening, verdict="left", why="It is a fair question.", by=org)
    _help(found)
    draft = {"title": "ideadraftword"}
    sharing.save_draft(cycle=cycle, person=ada.person, content=draft, by=ada.user, group=red)
    for title in ("plannedtestword", "finishedtestword"):
        test = learning.plan_test(group=red, title=title, prediction="Less.", by=ada.user, round=found.rows["round"])
    test = learning.do_test(test, done="Did it.", by=ada.user)
    test = learning.study_test(test, data="Half.", learned="It works.", by=ada.user)
    learning.act_on_test(test, act=Act.ADOPT, by=ada.user)
    found.needles |= {
        "idea of a team alone": "ownideaword",
        "idea for organizers": "organizersideaword",
        "talk on an idea of a team alone": "owntalkword",
        "talk on an idea for organizers": "organizerstalkword",
        "steps of an idea for organizers": "organizersstepsword",
        "draft of an idea": "ideadraftword",
        "barrier": "barrierword",
        "story of the safe room": "storyroomword",
        "story without a name": "namelessroomword",
        "answer that waits for others": "riskword",
        "what a team takes from a study": "takenword",
        "planned test": "plannedtestword",
        "finished test": "finishedtestword",
    }
