"""What finds ideas by their words: indexes and a table beside `games_idea`, kept by the database itself and known to no model.

PostgreSQL: full text over the words, and where the extension pg_trgm can be had, trigrams over words and titles. SQLite: an FTS5 table of
trigrams that three triggers keep. On SQLite a later change of the table `games_idea` makes it anew and loses the triggers: such a migration
ends with `SearchIdeas()` again, which may run any number of times.
"""

import logging
from typing import Any, Final

from django.db import DatabaseError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

log = logging.getLogger(__name__)

FULL_TEXT: Final = (
    """
    CREATE OR REPLACE FUNCTION ludus_told(words text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000
    AS 'BEGIN RETURN pg_catalog.to_tsvector(''pg_catalog.simple'', pg_catalog.left(words, 200000)); END'
    """,
    "CREATE INDEX IF NOT EXISTS idea_told ON games_idea USING gin (ludus_told(words))",
)
"""What it costs is said, so that the planner asks the index and does not read every idea anew. A vector holds a megabyte at most: what is
longer is found by its first part."""
EXTENSION: Final = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
TRIGRAMS: Final = (
    "CREATE INDEX IF NOT EXISTS idea_words ON games_idea USING gin (words gin_trgm_ops)",
    "CREATE INDEX IF NOT EXISTS idea_title ON games_idea USING gin (title gin_trgm_ops)",
)
ALIKE: Final = """
CREATE OR REPLACE FUNCTION ludus_alike(told text, asked text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT {}'
"""
"""Whether two titles are nearly the same. The planner sees through it, so the index is used; without the extension nothing is alike."""
AWAY: Final = (
    "DROP FUNCTION IF EXISTS ludus_alike(text, text)",
    "DROP INDEX IF EXISTS idea_title",
    "DROP INDEX IF EXISTS idea_words",
    "DROP INDEX IF EXISTS idea_told",
    "DROP FUNCTION IF EXISTS ludus_told(text)",
)
"""The extension stays: others may use it."""

TABLE: Final = """
CREATE VIRTUAL TABLE games_idea_words USING fts5(words, content='games_idea', content_rowid='id', tokenize='trigram case_sensitive 1')
"""
ADD: Final = "INSERT INTO games_idea_words(rowid, words) VALUES (new.id, new.words);"
DROP: Final = "INSERT INTO games_idea_words(games_idea_words, rowid, words) VALUES ('delete', old.id, old.words);"
TRIGGERS: Final = {
    "idea_words_added": f"AFTER INSERT ON games_idea BEGIN {ADD} END",
    "idea_words_told_anew": f"AFTER UPDATE OF words ON games_idea BEGIN {DROP} {ADD} END",
    "idea_words_gone": f"AFTER DELETE ON games_idea BEGIN {DROP} END",
}
REBUILD: Final = "INSERT INTO games_idea_words(games_idea_words) VALUES ('rebuild')"


class SearchIdeas(Operation):
    """Makes what finds ideas by their words, or what is missing of it; backwards takes it away."""

    reversible = True
    reduces_to_sql = False
    category = OperationCategory.ADDITION

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model knows of it."""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002 the shape of every operation, as of the two states
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        for statement in _on_sqlite() if schema_editor.connection.vendor == "sqlite" else _on_postgresql(schema_editor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002 the shape of every operation, as of the two states
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        away = AWAY
        if schema_editor.connection.vendor == "sqlite":
            away = (*(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS), "DROP TABLE IF EXISTS games_idea_words")
        for statement in away:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Make what finds ideas by their words"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {}


def _on_sqlite() -> tuple[str, ...]:
    """The table is made anew: what it held of a table that is gone would be wrong."""
    triggers = [f"CREATE TRIGGER {name} {what}" for name, what in TRIGGERS.items()]
    gone = [f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS]
    return (*gone, "DROP TABLE IF EXISTS games_idea_words", TABLE, *triggers, REBUILD)


def _on_postgresql(schema_editor: BaseDatabaseSchemaEditor) -> tuple[str, ...]:
    if _has_trigrams(schema_editor):
        return (*FULL_TEXT, *TRIGRAMS, ALIKE.format("told % asked"))
    return (*FULL_TEXT, ALIKE.format("false"))


def _has_trigrams(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    """Whether pg_trgm is there, made now if need be. An owner of the database may make it; where it is refused, search goes without."""
    connection = schema_editor.connection
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(EXTENSION)
    except DatabaseError as error:
        log.warning("Search over ideas goes without trigrams and is slower in large cycles: %s", str(error).strip())
        return False
    return True
