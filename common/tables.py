"""Many rows into one table, by the fastest way that each database has for plain rows."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]

_MOMENTS_KEPT = 50_000


class Table:
    """Writes rows of one model without making instances; for made data in a fresh database.

    Rows are tuples in the order of `names`; a foreign key is given by its key. Neither defaults
    nor validation apply: the database's constraints do.
    """

    def __init__(self, model: type[models.Model], *names: str) -> None:
        """names: all fields of the model, the automatic key or not.

        Raises ValueError where a field is left out.
        """
        fields = {field.name: field for field in model._meta.concrete_fields}
        automatic = {field.name for field in fields.values() if isinstance(field, models.AutoField)}
        left_out = fields.keys() - automatic - set(names)
        if left_out:
            raise ValueError(f"{model.__name__}: fields left out: {', '.join(sorted(left_out))}")
        self._table = connection.ops.quote_name(model._meta.db_table)
        self._columns = ", ".join(connection.ops.quote_name(fields[n].column) for n in names)
        self._slots = ", ".join(["%s"] * len(names))
        converters = [(position, _converter(fields[n])) for position, n in enumerate(names)]
        self._converters = [(position, each) for position, each in converters if each is not None]

    def write(self, rows: Iterable[Row]) -> None:
        """Insert the rows, in their order."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self._table} ({self._columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(self._converted(row))
            else:
                cursor.executemany(
                    f"INSERT INTO {self._table} ({self._columns}) VALUES ({self._slots})",  # noqa: S608
                    [self._converted(row) for row in rows],
                )

    def _converted(self, row: Row) -> list[Any]:
        values = list(row)
        for position, convert in self._converters:
            if values[position] is not None:
                values[position] = convert(values[position])
        return values


def next_key(model: type[models.Model]) -> int:
    """The automatic key that the next row would get in an otherwise idle database."""
    highest: int | None = model._default_manager.aggregate(highest=Max("pk"))["highest"]
    return 1 + (highest or 0)


def keys_were_given(given: Iterable[type[models.Model]]) -> None:
    """Have the database count on from the keys that rows brought with them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(given)):
            cursor.execute(statement)


@lru_cache(_MOMENTS_KEPT)
def _moment(at: datetime) -> object:
    """The same moment stands in several rows: of a change, its event, what it changed."""
    return connection.ops.adapt_datetimefield_value(at)


def _converter(field: models.Field) -> Convert | None:
    """From a value as models hold it to what the driver takes; None: just as it is."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    operations = connection.ops
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DecimalField):
        digits, places = field.max_digits, field.decimal_places
        return lambda value: operations.adapt_decimalfield_value(value, digits, places)
    if isinstance(field, models.UUIDField) and not connection.features.has_native_uuid_field:
        return lambda value: value.hex
    return None
