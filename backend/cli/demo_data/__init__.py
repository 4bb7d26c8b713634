"""What is in the demo: the examples, played to their published results, an open competition, a running season, a contest before its ceremony, and who can sign in."""

from collections.abc import Callable

from backend.cli.demo_data.people import SIGN_INS, SignIn, known_people
from backend.cli.setup import ROOT

__all__ = ["EXAMPLES", "SIGN_INS", "Progress", "SignIn", "begin_here", "load"]

EXAMPLES = ("chopin-2025", "skating-worlds-2017", "icpc-wf47", "nanogpt-speedrun", "strictly")
INVENTED = {"water": "clean-water", "season": "small-improvements", "contest": "night-of-code"}
Progress = Callable[[str, int, int], None]


def load(progress: Progress) -> None:
    """Load what is not there yet; a second start finds everything and returns at once. ``progress(label, done, of)`` draws the bar."""
    from games.cycles.models import Cycle, Series  # noqa: PLC0415 -- models need settings first

    there = {*Cycle.objects.values_list("key", flat=True), *Series.objects.values_list("key", flat=True)}
    missing = [name for name in EXAMPLES if name not in there]
    people = known_people()
    fresh = [] if not people else [one for one in INVENTED if not _played(one, there)]
    if not missing and not fresh:
        return
    tasks: list[tuple[str, Callable[[], object]]] = [(name, _example(name)) for name in missing]
    tasks += [(name, _invented(name, people)) for name in fresh]
    for number, (label, do) in enumerate(tasks):
        progress(label, number, len(tasks))
        do()
    begin_here()
    progress("ready", len(tasks), len(tasks))


def _played(name: str, there: set[str]) -> bool:
    return any(key.startswith(INVENTED[name]) for key in there)


def _example(name: str) -> Callable[[], object]:
    from games.bundles.actions import import_path  # noqa: PLC0415 -- models need settings first

    return lambda: import_path(ROOT / "examples" / name)


def _invented(name: str, people: dict[str, object]) -> Callable[[], object]:
    from backend.cli.demo_data import contest, season, water  # noqa: PLC0415 -- models need settings first

    return {
        "water": lambda: water.load(people),
        "season": lambda: season.load(people),
        "contest": lambda: contest.load(people),
    }[name]


def begin_here() -> None:
    """The past of the demo is sealed, gives its points, and starts nothing but its certificates: no mail about it, no second computation."""
    from backend.cli.demo_data.given import celebrate  # noqa: PLC0415 -- models need settings first
    from backend.cli.demo_data.looking import look_back  # noqa: PLC0415 -- models need settings first
    from games.credentials.actions import catch_up  # noqa: PLC0415 -- same
    from games.cycles.models import Cycle  # noqa: PLC0415 -- same
    from games.journal.actions import seal_pending  # noqa: PLC0415 -- same
    from games.journal.models import Sealer  # noqa: PLC0415 -- same
    from games.notices.models import Message  # noqa: PLC0415 -- same
    from games.notices.rules import MessageState  # noqa: PLC0415 -- same
    from games.recognition.actions import read_journal  # noqa: PLC0415 -- same
    from worker.pulse import READER  # noqa: PLC0415 -- same
    from worker.steps import recompute_now  # noqa: PLC0415 -- same

    while seal_pending():
        pass
    for key in INVENTED.values():
        for cycle in Cycle.objects.filter(key__startswith=key):
            while (
                read_journal(cycle) or seal_pending()
            ):  # a bonus for all is an act of its own, and is sealed and read in its turn
                pass
            recompute_now(cycle)
    people = known_people()
    for cycle in Cycle.objects.filter(key__startswith=INVENTED["season"]) if people else ():
        celebrate(cycle, people)
    look_back(people)
    while seal_pending():
        pass
    Sealer.objects.update_or_create(name=READER, defaults={"seal": Sealer.objects.get(name="journal").seal})
    for key in INVENTED.values():
        Message.objects.filter(state=MessageState.QUEUED.value, cycle__key__startswith=key).delete()
    catch_up()  # the certificates of what was given: the worker prints them once it runs
