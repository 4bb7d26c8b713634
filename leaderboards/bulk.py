"""Many new rows at once, as fast as the database takes them."""

from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.models import Model

FEW: Final = 50
BATCH: Final = 1000


def insert_many(rows: Sequence[Model]) -> None:
    """Insert rows of one model: by COPY where there is one (PostgreSQL) and it is worth it, else by INSERT.

    Must be called inside a transaction. The rows are not told their primary keys, and no signal is sent.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql" or len(rows) < FEW:
        model._default_manager.bulk_create(rows, batch_size=BATCH)
        return
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        connection.validate_no_broken_transaction()
        with cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields])
