"""Words are marked for translation: in templates, forms, what a page says after an act; in refusals, rules in words, mails."""

import ast
import re
from pathlib import Path
from string import Formatter

from tests.habits.house import ROOT, name_of, sources, tree
from tests.habits.spoken import bare_sentences

TEMPLATES = sorted((ROOT / "backend" / "templates").rglob("*.html"))
# Names that are the same in every language, and the page that shows samples of components to developers.
KEPT = {"Ludus", "API", "UTC", "SHA-256", "JSON", "CSV", "TOML"}
SAMPLES = {"style.html"}
NOT_WORDS = (
    r"{#.*?#}",
    r"{% block root %}.*?{% endblock(?: root)? %}",  # attributes of the page's root
    r"{% comment.*?endcomment %}",
    r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}",
)
MARKUP = (r"{%.*?%}", r"{{.*?}}", r"<(script|style|code|kbd|pre)\b.*?</\1>", r"<[^>]*>")
SPOKEN = re.compile(r'\s(?:aria-label|title|placeholder|alt)="([^"{]*[A-Za-z]{2}[^"{]*)"')
LABELS = {"label", "help_text", "empty_label"}


def bare_words(text: str) -> list[str]:
    """What a reader sees of a template and nobody can translate."""
    for pattern in NOT_WORDS:
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    found = SPOKEN.findall(text)
    for pattern in MARKUP:
        text = re.sub(pattern, "\n", text, flags=re.DOTALL)
    found += re.findall(r"[^\n·]*[A-Za-z]{2}[^\n·]*", re.sub(r"&\w+;", "", text))
    return [one.strip() for one in found if one.strip() and one.strip() not in KEPT]


def test_templates_hold_no_bare_words():
    assert bare_words('<p title="Hello">{% translate "x" %} World</p>') == ["Hello", "World"]
    found = {
        str(path.relative_to(ROOT)): words
        for path in TEMPLATES
        if path.name not in SAMPLES and (words := bare_words(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def bare_calls(path: Path) -> list[str]:
    """Literal labels of form fields, and literal messages."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name.startswith("forms.") and name.endswith("Field"):
            found += [
                ast.unparse(one.value) for one in node.keywords if one.arg in LABELS and isinstance(one.value, ast.Constant)
            ]
        if name.startswith("messages.") and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            found.append(ast.unparse(node.args[1]))
    return [f"{path.relative_to(ROOT)}: {one}" for one in found if one != "''"]


def test_forms_and_messages_hold_no_bare_words():
    pages = [*(ROOT / "backend" / "web").rglob("*.py"), *(ROOT / "backend" / "accounts").rglob("*.py")]
    assert [one for path in pages if path.name != "style.py" for one in bare_calls(path)] == []


# Files whose sentences are for somebody else than a person at work, or are kept as they were said -> why.
SAID_AS_IT_IS = {
    "backend/api/openapi.py": "the API's schema",
    "backend/api/description.py": "a program",
    "backend/api/renderers.py": "faults of ours",
    "games/permissions.py": "the table as its docs print it",
    "games/credentials/rules/badges.py": "a signed badge, in the language of the house",
    "games/credentials/rules/certificate.py": "a signed certificate, in the language of the house",
    "games/credentials/rules/signing.py": "faults of ours",
    "games/progression/actions/playing.py": "invented work, kept as data",
    "games/progression/inventing.py": "invented work, kept as data",
    "leaderboards/engine/merkle.py": "faults of ours",
}
# Single sentences of other files: kept for good as they were said, names, or faults of ours that nobody should ever read.
KEPT_AS_SAID = {
    "(Removed after sending: it held a link that opens an account.)",
    "A team that keeps its name to itself",
    "Advises this team in office hours.",
    "Content Too Large",
    "Dry run",
    "Dry run: {}",
    "Followed {}, in which a member of this team was.",
    "Judge {}",
    'Joined forces with "{}".',
    "May the owner of this instance read what is sealed?",
    "Somebody who left",
    "Suggestion {}: {}{}",
    ", suggested by {}",
    "The award was declined by whoever it was given to.",
    "The award was taken back.",
    "The team withdrew.",
    "The round had begun: nobody is taken out of it.",
    "The round took no more entries: nobody is added to it.",
    "Unprocessable Content",
    "Was in {} with a member of this team, or this team continues it.",
    "Was in {}, which built on an idea of this team, or this team on one of theirs.",
    "What makes it risky here?",
    "Whom it named has left, and took the name along.",
    "another sealer moved the head; this batch is rolled back and tried again",
    "attempts are settled before they are facts",
    "bit {} is outside of a list of {}",
    "expected a place, teams and a size from 1 and days from 0, found {}, {}, {}, {}",
    'judge "{}" rates "{}" twice',
    "no free bit found in list {}",
    "no role has the capability {}",
    "office hours",
    "run {} was taken over at {}",
    "until {} UTC",
    "{} links to {}, which is not older",
    "{}: {}, attempt {}",
}


def spoken_files() -> list[Path]:
    """Where refusals and rules in words are written. Models are left out: what they say is for the admin of a database."""
    found = [*sources("games"), *sources("leaderboards/engine"), *sources("backend/accounts"), *sources("backend/api")]
    return [path for path in found if "models" not in path.parts and path.stem != "models" and name_of(path) not in SAID_AS_IT_IS]


def test_refusals_rules_in_words_and_mails_hold_no_bare_sentence():
    found = {
        name_of(path): bare
        for path in spoken_files()
        if (bare := [one for one in bare_sentences(path) if one not in KEPT_AS_SAID])
    }
    assert found == {}, 'mark them: from leaderboards.engine.language import gettext as _; _("{name} is full.", name=group.name)'


def test_a_bare_sentence_is_found(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text('def act(cycle):\n    """A docstring is fine."""\n    raise Refused(f"The cycle is {cycle.state}.")\n')
    assert bare_sentences(path) == ["The cycle is {}."]
    path.write_text('def act(cycle):\n    raise Refused(_("The cycle is {state}.", state=cycle.state))\n')
    assert bare_sentences(path) == []


def test_templates_name_the_values_they_are_given():
    """What a translator gets is whole: each {name} has a value, each value a {name}, and nothing is put together before it is marked."""
    wrong = []
    for path in [*sources("games"), *sources("leaderboards"), *sources("backend"), *sources("worker")]:
        if "leaderboards.engine.language import" not in path.read_text(encoding="utf-8"):
            continue
        wrong += [
            f"{name_of(path)}:{node.lineno} {ast.unparse(node)[:100]}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"_", "said", "ngettext"} and not fits(node)
        ]
    assert wrong == []


def fits(call: ast.Call) -> bool:
    """Whether the templates of a mark name exactly its values."""
    templates = call.args[:2] if ast.unparse(call.func) == "ngettext" else call.args[:1]
    if any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in templates):
        return False
    given = {one.arg for one in call.keywords}
    written = [one.value for one in templates if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    named = {name for text in written for _, name, _, _ in Formatter().parse(text) if name is not None} if given else set()
    return not written or named == given


MAILS = sorted([*(ROOT / "games" / "templates").rglob("*.txt"), *(ROOT / "backend" / "templates").rglob("*.txt")])


def test_mails_hold_no_bare_words():
    found = {str(path.relative_to(ROOT)): words for path in MAILS if (words := bare_words(path.read_text(encoding="utf-8")))}
    assert found == {}
