"""Words on pages are marked for translation: in templates, in forms, in what a page says after an act."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
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
