"""Rows written by statements that are composed once in a process.

For the few writes of a saved answer alone: composing an UPDATE or INSERT takes the ORM several
times as long as the database takes to run it, and others wait meanwhile. The values are prepared
by the model's own fields, so what is stored is what `QuerySet.update` and `Model.save` store.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_rows(
    model: type[Model], where: Mapping[str, object], values: Mapping[str, object]
) -> int:
    """UPDATE the rows whose columns equal `where`; returns how many there were.

    where, values: by name of attribute (`saved_by_id`), none of them None in `where`.
    """
    statement, fields = _update(connection.vendor, model, tuple(values), tuple(where))
    prepared = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, (*values.values(), *where.values()), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, prepared)
        count: int = cursor.rowcount
    return count


def insert_row(row: Model) -> None:
    """INSERT a new row and give it its key, as `row.save(force_insert=True)` does."""
    if not connection.features.can_return_columns_from_insert:  # SQLite before 3.35
        row.save(force_insert=True)
        return
    statement, fields = _insert(connection.vendor, type(row))
    prepared = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, prepared)
        (row.pk,) = cursor.fetchone()
    row._state.adding = False
    row._state.db = connection.alias


@cache
def _update(
    _vendor: str, model: type[Model], names: tuple[str, ...], where: tuple[str, ...]
) -> tuple[str, list[Field[Any, Any]]]:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    set_to = ", ".join(f"{_column(fields[name])} = %s" for name in names)
    equals = " AND ".join(f"{_column(fields[name])} = %s" for name in where)
    statement = f"UPDATE {_quoted(model._meta.db_table)} SET {set_to} WHERE {equals}"  # noqa: S608
    return statement, [fields[name] for name in (*names, *where)]


@cache
def _insert(_vendor: str, model: type[Model]) -> tuple[str, list[Field[Any, Any]]]:
    key = model._meta.pk
    fields = [field for field in model._meta.concrete_fields if field is not key]
    columns = ", ".join(_column(field) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = _quoted(model._meta.db_table)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {_column(key)}"  # noqa: S608
    return statement, fields


def _column(field: Field[Any, Any]) -> str:
    return _quoted(field.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
