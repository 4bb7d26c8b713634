"""A hint for organizers: what is like a reported idea, a post, or an entry that a judge flagged; for nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.ideas.models import Idea
from games.judging import actions as judging
from games.submissions.models import Submission, Version
from games.talk import actions
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared
from tests.factories.submissions import without_designs
from tests.factories.talk import asked

pytestmark = pytest.mark.django_db
PAGE = "/cycles/water/desk/talk/alike/"


def entered(cast: Cast, group, text: str, title: str = "Entry") -> Submission:
    cast.concept.spec = {**cast.concept.spec, "form": [{"key": "title"}, {"key": "text", "lines": 4}]}
    cast.concept.save(update_fields=["spec"])
    made = Submission.objects.create(challenge=cast.concept, group=group, state="submitted", submitted_at=now())
    made.pinned = Version.objects.create(
        submission=made, number=1, data={"title": title, "text": text}, digest="0" * 64, at=now()
    )
    made.save(update_fields=["pinned"])
    return made


def test_what_was_reported_is_compared_with_ideas_and_entries(cast: Cast):
    idea = shared(cast)
    shared(cast, "Sieve with new saris", group=cast.blue, by=cast.ben.user)
    shared(cast, "Kept to ourselves: sieve with saris", audience="own")
    entered(cast, cast.blue, "We fold a Sieve from cloth and SARIS.", "Four folds")
    actions.report(what=idea, why="Copied.", by=cast.ben.user)
    link = f"?what=idea-{idea.number}"
    assert f'href="{PAGE}{link}"' in cast.org.client.get("/cycles/water/desk/talk/").content.decode()
    text = cast.org.client.get(f"{PAGE}{link}").content.decode()
    assert "Four folds" in text
    assert "Sieve with new saris" in text
    assert "Kept to ourselves" not in text, "organizers do not read it"
    assert text.count("Sieve with old saris") == 1, "it is like itself, and that is no news"
    post = asked(cast, title="Which saris for a sieve?").posts.get()
    assert "Sieve with old saris" in cast.org.client.get(f"{PAGE}?what=post-{post.pk}").content.decode()


def test_an_entry_that_a_judge_flagged_is_compared_and_not_with_itself(cast: Cast):
    entered(cast, cast.red, "A sieve of saris folded four times.", "Ours")
    entered(cast, cast.blue, "Saris, folded, make a sieve.", "Very alike")
    sheet = cast.assign(cast.judith, cast.red)
    judging.flag_sheet(sheet=sheet, text="Is this theirs?", by=None)
    org = cast.org.client
    assert f'href="{PAGE}?what=sheet-{sheet.pk}"' in org.get("/cycles/water/desk/judging/questions/").content.decode()
    text = org.get(f"{PAGE}?what=sheet-{sheet.pk}").content.decode()
    assert "Very alike" in text
    assert text.count(">Ours<") == 1


@pytest.mark.outsider
def test_nobody_else_is_shown_what_is_alike_and_hidden_and_absent_look_alike(cast: Cast):
    idea, own = shared(cast), shared(cast, "Own", audience="own")
    for someone in (cast.ada, cast.ben, cast.judith, cast.eve):
        assert someone.client.get(f"{PAGE}?what=idea-{idea.number}").status_code == 404
    assert cast.visitor.client.get(f"{PAGE}?what=idea-{idea.number}").status_code in {302, 404}
    for what in (f"idea-{own.number}", "idea-0", "idea-x", "sheet-1", "post-9", "cloud-1", ""):
        assert cast.org.client.get(f"{PAGE}?what={what}").status_code == 404, what


def test_it_takes_as_many_statements_for_30_as_for_three(cast: Cast):
    idea, client = shared(cast), cast.org.client

    def counted() -> int:
        with CaptureQueriesContext(connection) as told:
            assert client.get(f"{PAGE}?what=idea-{idea.number}").status_code == 200
        return len(without_designs(told))

    def more(count: int) -> None:
        for _ in range(count):
            group = GroupFactory(cycle=cast.cycle)
            entered(cast, group, "A sieve of saris folded four times.")
            number = Idea.objects.count() + 1
            Idea.objects.create(
                cycle=cast.cycle,
                number=number,
                kind="how-to",
                title="Sieve",
                words="sieve saris",
                group=group,
                audience="teams",
                shared_at=now(),
            )

    more(3)
    counted()
    few = counted()
    more(30)
    assert counted() == few <= 12
