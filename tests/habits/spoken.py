"""What a person reads and nobody has marked for translation: the sentences of a source file that stand outside of a mark."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

MARKS = {"_", "said", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
SENTENCE = re.compile(r'[A-Za-z]{2,} [a-zA-Z{"(]|[}a-zA-Z,] [A-Za-z]{2,}|[a-z]{2}\.$|[}"] [a-z]')
# Calls whose words are for whoever writes programs or keeps the house, or are data: fields and the API's schema, SQL, logs, faults of ours.
FOR_PROGRAMS = re.compile(
    r"\w*Field|ForeignKey|OpenApi\w+|extend_schema\w*|\w*Filter|ChoiceShape|Words|Permission|_of_\w+|execute|RawSQL|copy|encode"
    r"|warning|info|exception|debug|critical|ValueError|TypeError|RuntimeError|AssertionError|NotImplementedError|LookupError|KeyError"
    r"|TimeoutError|FilesTooLargeError|compile|split|replace|startswith|removesuffix|removeprefix|getattr|frozenset|StreamingHttpResponse"
    r"|HttpResponse|_all|_sorted|clean"
)
# Words that are kept for good as they were said: a decision, a reason, an invented entry, a signed document.
KEPT = {
    "record_decision",
    "decide",
    "give_back",
    "launch",
    "revoke",
    "dismiss",
    "appoint",
    "deliver",
    "update",
    "DecisionRow",
    "_person",
}
# What is no sentence: SQL, markup, headers, addresses in a file, names of settings.
NO_SENTENCE = re.compile(
    r"SELECT|INSERT|DELETE FROM|UPDATE |RECURSIVE|CREATE TEMP|COLLATE|LEFT JOIN|WHEN \{|\(CASE|%\(|clock_timestamp|WITH seen|<svg|<text"
    r"|private, no-|nofollow|realm=|^\w+\.(\w+\.)?$|^(solved|penalty|score) (high|low)$"
    r'|^( ?row| ?, column|cycle\.toml|journal\.csv)|^\{\}(\.|,)? ?(row|panel|criterion|field)?( "?\{\}"?)?$'
    r'|^(board|challenge|round|award|cut to|sheet|group|correction|Correction|design|idea|act|team|panel|cuts to)( \{\}| "\{\}"|\{\})'
    r'((,| in| of)?( snapshot| group| record| challenge| version| round)?( \{\}| "\{\}"|\{\}))*(: \{\})?$'
)
PASSED_OVER = {"where", "code", "help_text", "description", "verbose_name", "question", "choice", "key", "reason", "error"}


def bare_sentences(path: Path) -> list[str]:
    """The unmarked sentences of a file, values shown as {}."""
    return list(_in(ast.parse(path.read_text(encoding="utf-8"))))


def flat(node: ast.AST) -> str:
    """The text of a literal."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _in(node: ast.AST) -> Iterator[str]:  # noqa: C901, PLR0911, PLR0912 one case per kind of node
    match node:
        case ast.FunctionDef(name="__str__" | "__repr__") | ast.ClassDef(name="Meta") | ast.Assert() | ast.arg():
            return
        case ast.Expr(value=ast.Constant()):  # a docstring
            return
        case ast.Call():
            yield from _call(node)
            return
        case ast.Compare():
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call):
                    yield from _in(inner)
            return
        case ast.Dict():
            for value in node.values:
                yield from _in(value)
            return
        case ast.Subscript():
            yield from _in(node.value)
            return
        case ast.JoinedStr() | ast.Constant():
            text = flat(node)
            if SENTENCE.search(text) and not NO_SENTENCE.search(text):
                yield text
                return
            for part in getattr(node, "values", []):
                if isinstance(part, ast.FormattedValue):
                    yield from _in(part.value)
            return
    for inner in ast.iter_child_nodes(node):
        yield from _in(inner)


def _call(node: ast.Call) -> Iterator[str]:
    name = ast.unparse(node.func).rsplit(".", 1)[-1]
    if name in KEPT or FOR_PROGRAMS.fullmatch(name):
        return
    yield from _in(node.func)
    told = {"_": 1, "ngettext": 3}.get(name, len(node.args)) if name in MARKS else 1 if name == "Problem" else 0
    for part in node.args[told:]:
        yield from _in(part)
    for part in node.keywords:
        if part.arg not in PASSED_OVER:
            yield from _in(part.value)
