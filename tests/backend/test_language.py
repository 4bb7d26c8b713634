"""Another language, made here: whatever is marked comes out with an accent on every letter, values stay as they are.

So a word without accents that is no value was not marked, or was put together where nobody can translate it.
"""

import re
from html.parser import HTMLParser
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from backend.front import asking
from games.challenges.models import Challenge
from games.coaching.rules import check_quota
from games.cycles.queries import design_of
from games.errors import GameError, NotFound
from games.groups.actions import rename
from games.notices.actions.outbox import written
from games.rounds.models import Round
from leaderboards.engine.checks import problems
from leaderboards.engine.language import gettext, ngettext
from leaderboards.engine.spec import expand_boards
from leaderboards.engine.words import scoring_rules
from tests.leaderboards.engine.building import read, sound
from tests.leaderboards.engine.test_innovation import DESIGN

PLAIN = "abcdefghijklmnopqrstuvwxyz"
ACCENTS = "áƀçđéƒĝĥíĵķļɱñóþɋŕšţúṽŵẋýž"
TABLE = str.maketrans(PLAIN + PLAIN.upper(), ACCENTS + "ÁƁÇĐÉƑĜĤÍĴĶĻṀÑÓÞɊŔŠŢÚṼŴẊÝŽ")
VALUES = re.compile(r"(\{[^{}]*\}|%\(\w+\)[sd]|%[sd]|<[^>]*>|&\w+;|ludus_)")
# Names that are the same in every language.
NAMES = {"Ludus", "API", "UTC", "CSV", "JSON", "iCalendar"}


def accented(text: str) -> str:
    """The text in the language of this test: values and markup untouched."""
    message = text.rpartition("\x04")[2]  # after the context, if there is one
    return "".join(part if VALUES.fullmatch(part) else part.translate(TABLE) for part in VALUES.split(message))


class Accents:
    """What Django asks of a language."""

    def gettext(self, message):
        return accented(message)

    def ngettext(self, singular, plural, number):
        return accented(singular if number == 1 else plural)

    def language(self):
        return "eo"

    def to_language(self):
        return "eo"


@pytest.fixture
def accents(settings, monkeypatch):
    settings.LANGUAGES = [("en", "English"), ("eo", "Esperanto")]
    monkeypatch.setitem(trans_real._translations, "eo", Accents())


def plain_words(text: str) -> set[str]:
    """What of a text nobody translated."""
    return set(re.findall(r"(?<![^\W\d_])[A-Za-z]{2,}(?![^\W\d_])", text)) - NAMES


class Seen(HTMLParser):
    """The text that a page shows, and what it says to those who do not see it."""

    def __init__(self, html):
        super().__init__()
        self.hidden, self.text = 0, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in {"script", "style", "code", "template", "svg"}
        self.text += [value for name, value in attrs if name in {"aria-label", "title", "placeholder", "alt"} and value]

    def handle_endtag(self, tag):
        self.hidden -= tag in {"script", "style", "code", "template", "svg"}

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def test_what_is_marked_is_said_in_english_until_somebody_else_translates():
    assert gettext("{count} of {most}", count=1, most=2) == "1 of 2"
    assert gettext("{ waived = REASON }") == "{ waived = REASON }"
    assert [ngettext("one day", "{count} days", count, count=count) for count in (1, 2)] == ["one day", "2 days"]


def test_rules_in_words_leave_nothing_but_names_and_numbers(accents):
    names = {"Sealed", "call", "Pitch", "concept", "prototype", "jury", "audience", "result", "favourite"}
    names |= {"impact", "novelty", "feasibility", "evidence", "craft", "appeal", "late_days", "late", "days"}
    names |= {"gold", "silver", "finalist", "money"}
    english = scoring_rules(sound(DESIGN))
    with translation.override("eo"):
        said = scoring_rules(sound(DESIGN))
    assert [len(rules) for rules in said.values()] == [len(rules) for rules in english.values()]
    left = {word for title, rules in said.items() for text in (title, *rules) for word in plain_words(text)}
    assert {word.lower() for word in left} <= {name.lower() for name in names}
    assert said["Ŕóúñđ Pitch"][1] == "Áļļ ŵĥó šĥáŕé ţĥé ļášţ þļáçé ţĥáţ ĝóéš óñ ĝó óñ."


def test_problems_of_rules_are_translated_and_their_places_are_not(accents):
    text = 'rounds = [{ key = "call" }]\nboards = [{ key = "all", order = ["scroe"] }]'
    with translation.override("eo"):
        (found,) = [one for one in problems(read(text)) if "scroe" in one.message]
    assert found.path == 'board "all".order'
    assert plain_words(found.message) <= {"scroe", "score"}


def test_a_refusal_is_translated_and_its_values_are_not(accents):
    with translation.override("eo"), pytest.raises(GameError) as refused:
        check_quota(2, 2, per_round=True)
    assert refused.value.message.startswith("Éṽéŕý ţéáɱ ĥáš 2 óƒƒíçé ĥóúŕš íñ éáçĥ ŕóúñđ")
    assert plain_words(refused.value.message) == set()
    with translation.override("eo"):
        assert NotFound().message == "Ñóţ ƒóúñđ."


@pytest.mark.django_db
def test_an_action_refuses_in_the_language_of_whoever_acts(accents, cast):
    with translation.override("eo"), pytest.raises(GameError) as refused:
        rename(cast.red, name="Blue Herons", by=cast.ada.account)
    assert plain_words(str(refused.value.message)) == {"Blue", "Herons"}


@pytest.mark.django_db
def test_the_api_answers_in_the_language_that_is_asked_for(accents, cast):
    path = "/api/v1/cycles/999999/"
    said = cast.eve.api.get(path, headers={"accept-language": "eo"})
    assert (said.status_code, said["Content-Language"]) == (404, "eo")
    assert plain_words(said.json()["detail"]) == set()
    assert said.json()["code"] == "not_found"
    assert cast.eve.api.get(path).json()["detail"] == "There is nothing here, or you may not see it."
    wrong = cast.eve.api.get("/api/v1/cycles?limit=none", headers={"accept-language": "eo"})
    assert wrong.status_code == 422
    assert all(plain_words(one["message"]) == set() for one in wrong.json()["errors"])


def values_of(cycle):
    """The words of what people have written: names, titles and texts of the rules, and of a time zone."""
    design = design_of(cycle)
    titles = [one.title for one in (*design.rounds, *expand_boards(design))] + [one.name for one in design.roles]
    written = (
        f"{design.data()} {' '.join(titles)} jury Final Clean water Red Herons Blue Herons Ada Ben Judith Org Eve Europe Berlin "
    )
    written += " ".join(Round.objects.values_list("name", flat=True)) + " ".join(Challenge.objects.values_list("name", flat=True))
    return set(re.findall(r"[A-Za-z]+", written))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/cycles/water/", "/search/", "/cycles/water/rules/"])
def test_a_page_shows_nothing_untranslated_but_names(accents, cast, path):
    page = cast.ada.client.get(path, headers={"accept-language": "eo"})
    assert (page.status_code, page["Content-Language"]) == (200, "eo")
    html = page.content.decode()
    assert 'lang="eo"' in html
    assert plain_words(" ".join(Seen(html).text)) - values_of(cast.cycle) == set()


@pytest.mark.django_db
def test_a_mail_is_written_in_the_language_of_the_house_whoever_acts(accents, settings):
    context = {"group": SimpleNamespace(name="Red Herons"), "cycle": SimpleNamespace(name="Clean water"), "title": "Tester"}
    with translation.override("eo"):
        letter = written("notices/badge.earned.txt", context)
    assert letter.subject == "Badge earned: Tester"
    settings.LANGUAGE_CODE = "eo"
    letter = written("notices/badge.earned.txt", context)
    assert plain_words(f"{letter.subject} {letter.body}") == {"Tester", "Red", "Herons", "Clean", "water"}


def test_what_is_ready_is_given_to_those_who_read_the_language_of_the_house(accents):
    asked = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/v1/boards/1/standings",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }
    assert asking.read(asked | {"HTTP_ACCEPT_LANGUAGE": "en-GB"}) is not None
    assert asking.read(asked) is not None
    assert asking.read(asked | {"HTTP_ACCEPT_LANGUAGE": "eo"}) is None
