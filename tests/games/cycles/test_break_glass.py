"""Breaking the glass: the owner of the instance reads one sealed cycle for a day, and everybody concerned knows it."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.actions import add_design, break_glass, change_state, revoke_decision
from games.cycles.models import Decision
from games.cycles.queries import design_of
from games.cycles.rules import GLASS_OPEN_FOR, CycleState, DecisionRefused, ReasonMissing
from games.journal.models import JournalEntry
from games.notices.actions import react
from games.notices.models import Message
from games.permissions import PERMISSIONS, access_for, allows, visible
from games.submissions.models import Submission, Upload, Version
from tests.cast import Actor, Cast, actor
from tests.factories.accounts import ApiTokenFactory
from tests.factories.cycles import CycleFactory, small_design

pytestmark = pytest.mark.django_db
API = "/api/v1"
WHY = "A team reports that the entry of another was copied from theirs."


@pytest.fixture
def root(cast: Cast) -> Actor:
    return actor("root", is_superuser=True)


@pytest.fixture
def work(cast: Cast) -> Upload:
    """Red's sealed entry with a file, in a cycle that only its members find."""
    form = [{"key": "title"}, {"key": "paper", "type": "file", "types": ["pdf"]}]
    add_design(cast.cycle, small_design(challenges=[{"key": "concept", "form": form}, {"key": "prototype"}]), by=None)
    cast.cycle.public = False
    cast.cycle.save(update_fields=["public"])
    type(cast.call).objects.update(design_number=cast.cycle.design_number)
    spec = next(one for one in design_of(cast.cycle).challenges if one.key == "concept")
    type(cast.concept).objects.filter(pk=cast.concept.pk).update(spec=spec.model_dump(mode="json", exclude_defaults=True))
    entry = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted")
    kept = {"name": "paper.pdf", "size": 8, "content_type": "application/pdf", "digest": "0" * 64}
    file = ContentFile(b"%PDF-1.4", name="paper.pdf")
    upload = Upload.objects.create(submission=entry, field="paper", file=file, **kept)
    data = {"title": "Wells that sing", "paper": upload.pk}
    version = Version.objects.create(submission=entry, number=1, digest="0" * 64, at=now(), data=data)
    Submission.objects.filter(pk=entry.pk).update(pinned=version)
    return upload


def broken(cast: Cast, root: Actor) -> Decision:
    answer = root.api.post(f"{API}/cycles/{cast.cycle.pk}/break-glass", {"reason": WHY}, format="json")
    assert answer.status_code == 201, answer.json()
    return Decision.objects.get(pk=answer.json()["id"])


def exported(cast: Cast, who: Actor) -> bytes | None:
    answer = who.api.get(f"{API}/cycles/{cast.cycle.pk}/export?for=organizers")
    if answer.status_code != 200:
        return None
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return archive.read("submissions.csv")


def reads(cast: Cast, who: Actor, work: Upload) -> dict[str, bool]:
    """By which routes somebody reads the sealed entry: API, page, file, export."""
    entry = work.submission
    page = who.client.get(f"/entries/{entry.pk}/versions/1/")
    return {
        "api": who.api.get(f"{API}/submissions/{entry.pk}").status_code == 200,
        "list": bool(who.api.get(f"{API}/submissions?cycle={cast.cycle.pk}").json()["results"]),
        "page": page.status_code == 200 and b"Wells that sing" in page.content,
        "file": who.api.get(f"{API}/uploads/{work.pk}/content").status_code == 200,
        "export": b"Wells that sing" in (exported(cast, who) or b""),
        "cycle": who.client.get(f"/cycles/{cast.cycle.key}/").status_code == 200,
        "decisions": who.client.get(f"/cycles/{cast.cycle.key}/decisions/").status_code == 200,
    }


ROUTES = ("api", "list", "page", "file", "export", "cycle", "decisions")
NONE, ALL = dict.fromkeys(ROUTES, False), dict.fromkeys(ROUTES, True)


def test_the_owner_reads_by_no_route_before_and_by_every_route_during(cast: Cast, root: Actor, work: Upload):
    assert reads(cast, root, work) == NONE
    broken(cast, root)
    assert reads(cast, root, work) == ALL


def test_after_a_day_it_is_over(cast: Cast, root: Actor, work: Upload):
    decision = broken(cast, root)
    Decision.objects.filter(pk=decision.pk).update(at=now() - GLASS_OPEN_FOR + timedelta(minutes=5))
    assert reads(cast, root, work) == ALL
    Decision.objects.filter(pk=decision.pk).update(at=now() - GLASS_OPEN_FOR - timedelta(seconds=1))
    assert reads(cast, root, work) == NONE


@pytest.mark.parametrize("who", ["root", "org"])
def test_the_owner_closes_it_early_and_so_does_an_organizer(cast: Cast, root: Actor, work: Upload, who: str):
    decision = broken(cast, root)
    closing = root if who == "root" else cast.org
    answer = closing.api.post(f"{API}/decisions/{decision.pk}/revoke", {"reason": "It was a mistake."}, format="json")
    assert answer.status_code == 200, answer.json()
    assert reads(cast, root, work) == NONE


def test_one_cycle_is_opened_and_no_other(cast: Cast, root: Actor, work: Upload):
    other = CycleFactory(public=False)
    broken(cast, root)
    assert allows(root.access, "cycle.view", cast.cycle)
    assert not allows(root.access, "cycle.view", other)


def test_nobody_but_the_owner_of_the_instance_breaks_the_glass(cast: Cast, work: Upload):
    starter = actor("starter", may_launch=True)
    for someone in (*cast.everybody(), starter):
        answer = someone.api.post(f"{API}/cycles/{cast.cycle.pk}/break-glass", {"reason": WHY}, format="json")
        assert answer.status_code in {401, 404}, someone.name
        assert someone.client.post(f"/instance/cycles/{cast.cycle.key}/", {"reason": WHY}).status_code in {302, 403}
    assert not Decision.objects.exists()


def test_another_owner_does_not_read_by_the_decision_of_the_first(cast: Cast, root: Actor, work: Upload):
    broken(cast, root)
    assert reads(cast, actor("second", is_superuser=True), work) == NONE


def test_a_narrowed_token_of_the_owner_reads_nothing(cast: Cast, root: Actor, work: Upload):
    broken(cast, root)
    whole, narrow = ApiTokenFactory.build(user=root.user), ApiTokenFactory.build(user=root.user, cycles=[cast.cycle.pk])
    assert allows(access_for(root.user, token=whole), "cycle.read_whole", cast.cycle)
    assert not allows(access_for(root.user, token=narrow), "cycle.read_whole", cast.cycle)


def test_it_is_for_reading_the_owner_changes_nothing(cast: Cast, root: Actor, work: Upload):
    broken(cast, root)
    held = {name for name, row in PERMISSIONS.items() if row.model is type(cast.cycle) and allows(root.access, name, cast.cycle)}
    assert held == {"cycle.view", "cycle.read_whole", "cycle.break_glass"}
    assert not visible(root.access, "submission.rule_on", Submission.objects.all()).exists()
    assert not visible(root.access, "submission.edit", Submission.objects.all()).exists()
    steered = root.api.post(f"{API}/cycles/{cast.cycle.pk}/state", {"state": "paused", "reason": "no"}, format="json")
    assert steered.status_code == 403
    assert root.client.get(f"/cycles/{cast.cycle.key}/desk/").status_code in {403, 404}


def test_organizers_see_it_at_once_and_everybody_else_does_not(cast: Cast, root: Actor, work: Upload):
    broken(cast, root)
    assert WHY in cast.org.client.get(f"/cycles/{cast.cycle.key}/decisions/").content.decode()
    assert WHY not in cast.ada.client.get(f"/cycles/{cast.cycle.key}/decisions/").content.decode()
    assert JournalEntry.objects.filter(kind="glass.broken", cycle_id=cast.cycle.pk, actor=root.user.pseudonym).count() == 1
    for someone in (cast.ada, cast.judith):
        assert not visible(someone.access, "journal.view", JournalEntry.objects.filter(kind="glass.broken")).exists()


def test_organizers_are_told(cast: Cast, root: Actor, work: Upload):
    broken(cast, root)
    react(JournalEntry.objects.get(kind="glass.broken").pk)
    mail = Message.objects.get(kind="glass.broken")
    assert mail.to == "org@example.org"
    assert WHY in mail.body
    assert "Root" in mail.body


def test_it_takes_a_reason_and_is_not_done_twice(cast: Cast, root: Actor):
    with pytest.raises(ReasonMissing):
        break_glass(cast.cycle, by=root.user, reason="  ")
    first = break_glass(cast.cycle, by=root.user, reason=WHY)
    with pytest.raises(DecisionRefused, match="already"):
        break_glass(cast.cycle, by=root.user, reason=WHY)
    revoke_decision(first, by=root.user, reason="Seen enough.")
    assert break_glass(cast.cycle, by=root.user, reason="Once more.").number == 3


def test_a_cancelled_cycle_is_opened_and_closed_too(cast: Cast, root: Actor):
    change_state(cast.cycle, CycleState.CANCELLED, by=cast.org.user, reason="No entries.")
    decision = break_glass(cast.cycle, by=root.user, reason=WHY)
    revoke_decision(decision, by=cast.org.user, reason="Enough.")
    assert not root.access.opened


def test_the_owner_does_it_on_the_desk_of_the_instance(cast: Cast, root: Actor, work: Upload):
    browser = root.client
    assert cast.cycle.name in browser.get("/instance/cycles/?q=water").content.decode()
    place = f"/instance/cycles/{cast.cycle.key}/"
    refused = browser.post(place, {"reason": ""})
    assert refused.status_code == 200
    assert "required" in refused.content.decode()
    assert browser.post(place, {"reason": WHY}).status_code == 302
    shown = browser.get(place).content.decode()
    assert "You read this cycle as its organizers do" in shown
    assert WHY in shown
    assert reads(cast, root, work) == ALL
    decision = Decision.objects.get(kind="break_glass")
    browser.post(f"/instance/decisions/{decision.pk}/take-back/", {"reason": "Seen."})
    assert reads(cast, root, work) == NONE


def test_an_organizer_takes_it_back_on_the_decisions_page(cast: Cast, root: Actor, work: Upload):
    decision = break_glass(cast.cycle, by=root.user, reason=WHY)
    page = cast.org.client.get(f"/cycles/{cast.cycle.key}/decisions/").content.decode()
    place = f"/instance/decisions/{decision.pk}/take-back/"
    assert place in page
    assert cast.ada.client.post(place, {"reason": "no"}).status_code == 404
    assert cast.org.client.post(place, {"reason": ""}).status_code == 302
    assert reads(cast, root, work) == ALL
    cast.org.client.post(place, {"reason": "We were not asked."})
    assert reads(cast, root, work) == NONE


def test_the_facts_about_an_owner_take_one_statement_more(cast: Cast, root: Actor, django_assert_num_queries):
    with django_assert_num_queries(2):
        access_for(root.user)
    with django_assert_num_queries(1):
        access_for(cast.org.user)


@pytest.mark.outsider("glass-break-glass")
@pytest.mark.parametrize("path", ["/instance/cycles/", "/instance/cycles/water/"])
def test_the_pages_of_the_desk_are_the_owners(cast: Cast, path: str):
    assert cast.visitor.client.get(path).status_code == 302
    for someone in (cast.eve, cast.org):
        assert someone.client.get(path).status_code == 403


def test_the_list_of_cycles_takes_the_same_statements_for_one_and_for_thirty(cast: Cast, root: Actor):
    counts, browser = [], root.client
    for more in (0, 30):
        for _ in range(more):
            CycleFactory()
        with CaptureQueriesContext(connection) as sent:
            assert browser.get("/instance/cycles/").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12
