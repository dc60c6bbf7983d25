import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from tests.audit.tampering import add_events, event

pytestmark = pytest.mark.django_db


def test_changing_an_event_is_refused():
    chain = add_events("uji", 2)

    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        Event.objects.filter(chain=chain, number=1).update(subject="lain")

    assert event(chain, 1).subject == "baris 1"


def test_deleting_an_event_is_refused():
    chain = add_events("uji", 2)

    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        event(chain, 2).delete()

    assert Event.objects.count() == 2


@pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="TRUNCATE: SQLite has no such statement to refuse"
)
def test_truncating_the_table_is_refused():
    add_events("uji", 2)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else these alone would refuse it
        with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
            cursor.execute("TRUNCATE audit_event")

    assert Event.objects.count() == 2


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'",
    reason="INSERT OR REPLACE: PostgreSQL has no such statement to refuse",
)
@pytest.mark.parametrize("same", ["id", "number"])
def test_replacing_an_event_is_refused(same):
    chain = add_events("uji", 2)
    old = event(chain, 1)
    values = {"id": old.pk if same == "id" else 10**6, "number": 1 if same == "number" else 9}

    with (
        pytest.raises(IntegrityError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT OR REPLACE INTO audit_event (id, chain_id, number, at, action, subject, "
            "before, after, request_id, previous_hash, hash) "
            "VALUES (%s, %s, %s, '2026-01-01', 'x', 'x', '', '', '', '', '')",
            [values["id"], chain.pk, values["number"]],
        )

    assert event(chain, 1) == old


def test_every_trigger_is_there_after_all_migrations():
    """A later migration that remakes the table on SQLite would have dropped them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit_event'"
            )
            expected = {"audit_event_no_update", "audit_event_no_delete", "audit_event_no_replace"}
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger "
                "WHERE tgrelid='audit_event'::regclass AND NOT tgisinternal"
            )
            expected = {"audit_event_no_change", "audit_event_no_truncate"}
        found = {name for (name,) in cursor.fetchall()}

    assert found == expected
