"""Django's SQLite backend whose transactions take turns.

SQLite itself lets a writer that finds the file locked sleep for 1, 2, 5, 10 … up to 100 ms and
try again: eight people who save at once mostly sleep. Here a transaction first takes its turn, a
lock that is handed on within a millisecond, and then finds the file free. SQLite's own lock stays
what keeps the data right: who does not know of turns, such as the ``sqlite3`` program or a single
statement outside a transaction, still waits for it as ever.
"""

from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteDatabaseWrapper
from django.db.utils import OperationalError

from common.sqlite.turns import Turn, Turns

DEFAULT_TIMEOUT = 5.0  # seconds, as that of the sqlite3 module


class DatabaseWrapper(SQLiteDatabaseWrapper):
    """A connection that waits for its turn before it begins a transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turn | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode == "IMMEDIATE" and not self.is_in_memory_db():
            timeout = self.settings_dict["OPTIONS"].get("timeout", DEFAULT_TIMEOUT)
            self._turn = Turns.of(str(self.settings_dict["NAME"])).take(timeout)
            if self._turn is None:
                raise OperationalError("database is locked")
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._hand_on()
            raise

    def _commit(self) -> None:
        super()._commit()
        # Not where it failed: the transaction is still open, and is rolled back next.
        self._hand_on()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._hand_on()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        if self._turn is not None:
            self._turn.end()
            self._turn = None
