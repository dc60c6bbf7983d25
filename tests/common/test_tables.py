import pytest

from audit.models import Chain
from common.tables import Table, keys_were_given, next_key

pytestmark = pytest.mark.django_db


def test_rows_in_their_order():
    Table(Chain, "key", "count", "hash").write([("a", 1, "x"), ("b", 2, "y")])

    rows = Chain.objects.order_by("pk").values_list("key", "count", "hash")
    assert list(rows) == [("a", 1, "x"), ("b", 2, "y")]


def test_a_field_that_is_left_out():
    with pytest.raises(ValueError, match="Chain: fields left out: count, hash"):
        Table(Chain, "key")


def test_the_database_counts_on_from_given_keys():
    first = next_key(Chain)
    Table(Chain, "id", "key", "count", "hash").write([(first + 5, "a", 0, "")])
    keys_were_given([Chain])

    assert next_key(Chain) == first + 6
    assert Chain.objects.create(key="b").pk == first + 6


def test_nothing_to_write():
    Table(Chain, "key", "count", "hash").write([])

    assert not Chain.objects.exists()
