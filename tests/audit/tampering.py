"""Ways past the database's own guard, for tests of what is found afterwards."""

from django.db import connection

from audit import triggers
from audit.models import Chain, Event
from audit.services import locked_chain, record


def drop_triggers() -> None:
    """To the end of the test, whose transaction brings them back."""
    with connection.cursor() as cursor:
        for statement in triggers.remove_sql(connection.vendor):
            cursor.execute(statement)


def add_events(key: str, how_many: int) -> Chain:
    chain = locked_chain(key)
    for number in range(chain.count + 1, chain.count + how_many + 1):
        record(chain=chain, action="diubah", subject=f"baris {number}", by=None, after=number)
    return chain


def event(chain: Chain, number: int) -> Event:
    return Event.objects.get(chain=chain, number=number)
