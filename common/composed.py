"""Rows read by queries that are composed once in a process.

For the few reads of the page that is opened most: the ORM takes several times as long to compose
such a query as the database to answer it. The query itself is an ordinary one, and what comes back
is what it gives.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Model, QuerySet

Key = UUID | int
M = TypeVar("M", bound=Model)
Row = tuple[Any, ...]
Compose = Callable[..., QuerySet[Any, Row]]
Converter = Callable[[Any, Any, Any], Any]

# Two sets of keys that a query is composed with: where its parameters differ, a key goes. Numbers
# that the smallest column can hold, with other distances in each set: what was reckoned from one
# key is never taken for another.
_TRIED = (
    (20_000, 37, "5f5f5f5f-5f5f-4f5f-8f5f-{:012}"),
    (26_000, 41, "5f5f5f5f-5f5f-4f5f-9f5f-{:012}"),
)
_REMEMBERED = 256  # queries, each for so many questions


@cache
def columns_of(model: type[Model], before: str = "") -> tuple[str, ...]:
    """The names of all columns for ``values_list``. before: the way to the model, ``"file__"``."""
    return tuple(f"{before}{field.attname}" for field in model._meta.concrete_fields)


def row_of(model: type[M], values: Row) -> M:
    """The stored row whose columns, as `columns_of` names them, have these values."""
    return model.from_db(connection.alias, columns_of(model), values)


def rows_of(compose: Compose, *keys: Key) -> list[Row]:
    """The rows of ``compose(*keys)``, a query with ``values_list``.

    compose: a function of a module, without a state; composed anew for other numbers of keys.
    keys: columns are compared with them as they are, and nothing else is done with them. Raises
    ValueError where something is, as far as it can be seen.
    """
    query = _composed(connection.vendor, compose, tuple([type(key) for key in keys]))
    if query is None:
        return []
    parameters = list(query.parameters)
    for place, number in query.places:
        parameters[place] = _prepared(keys[number])
    with connection.cursor() as cursor:
        cursor.execute(query.statement, parameters)
        found = cursor.fetchall()
    if not query.converted:
        return found
    converters = [(column, each, _converters(each)) for column, each in query.converted]
    return [_converted(row, converters) for row in found]


@dataclass(frozen=True, slots=True)
class _Query:
    """places: of a parameter, and the number of its key. converted: the columns whose values are
    not as the database gives them, and what was selected."""

    statement: str
    parameters: tuple[object, ...]
    places: tuple[tuple[int, int], ...]
    converted: tuple[tuple[int, Expression], ...]


@lru_cache(maxsize=_REMEMBERED)
def _composed(_vendor: str, compose: Compose, kinds: tuple[type[Key], ...]) -> _Query | None:
    """None for a query that cannot find anything, such as one of no questions."""
    tried = [
        [
            UUID(pattern.format(number)) if kind is UUID else first + number * step
            for number, kind in enumerate(kinds)
        ]
        for first, step, pattern in _TRIED
    ]
    compilers = [compose(*keys).query.get_compiler(connection=connection) for keys in tried]
    try:
        (statement, parameters), (other, others) = (compiler.as_sql() for compiler in compilers)
    except EmptyResultSet:
        return None
    places = _places(parameters, others, [tuple(map(_prepared, keys)) for keys in tried])
    if statement != other or {number for _, number in places} != set(range(len(kinds))):
        raise ValueError(f"{compose.__name__}: a key that is no parameter of the query")
    selected = [expression for expression, *_ in compilers[0].select[: compilers[0].col_count]]
    converted = tuple((column, each) for column, each in enumerate(selected) if _converters(each))
    return _Query(statement, tuple(parameters), places, converted)


def _places(
    parameters: Row, others: Row, tried: list[tuple[object, ...]]
) -> tuple[tuple[int, int], ...]:
    """Where parameters differ, and the number of the key that stands there; () where it is none."""
    if len(parameters) != len(others):
        return ()
    pairs = list(zip(*tried, strict=True))
    places = []
    for place, pair in enumerate(zip(parameters, others, strict=True)):
        if pair in pairs:
            places.append((place, pairs.index(pair)))
        elif pair[0] != pair[1]:
            return ()
    return tuple(places)


def _prepared(key: Key) -> object:
    """As a UUIDField and an IntegerField hand it to the database."""
    if isinstance(key, UUID) and not connection.features.has_native_uuid_field:
        return key.hex
    return key


def _converters(selected: Expression) -> list[Converter]:
    """They belong to a connection, and so to a thread: none is kept."""
    return [
        *connection.ops.get_db_converters(selected),
        *selected.get_db_converters(connection),
    ]


def _converted(row: Row, converters: list[tuple[int, Expression, list[Converter]]]) -> Row:
    values = list(row)
    for column, expression, each in converters:
        for convert in each:
            values[column] = convert(values[column], expression, connection)
    return tuple(values)
