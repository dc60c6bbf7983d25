"""Transactions on a file of SQLite take turns, among threads and among processes."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from errno import EMFILE
from pathlib import Path
from threading import Barrier
from unittest.mock import Mock

import pytest
from django.db.utils import ConnectionHandler, OperationalError

from common.sqlite.turns import Turns

HOLDER = """
import sys
from common.sqlite.turns import Turns
assert Turns.of(sys.argv[1]).take(5)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "db.sqlite3")


def holder(path: str) -> subprocess.Popen[str]:
    """Another process whose turn it is until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    return process


def _is(fd: Path, path: str) -> bool:
    """Whether that open file of this process is the lock beside path."""
    try:
        return str(fd.readlink()) == f"{path}-giliran"
    except FileNotFoundError:
        return False


class TestTurns:
    def test_one_at_a_time(self, path):
        turns = Turns.of(path)
        first = turns.take(1)

        assert turns.take(0.02) is None
        first.end()

        second = turns.take(0.02)
        assert second
        second.end()

    def test_another_process_waits_too(self, path):
        with holder(path) as other:
            assert Turns.of(path).take(0.05) is None
            other.stdin.close()
            turn = Turns.of(path).take(5)
        assert turn
        turn.end()

    def test_a_killed_process_holds_nothing(self, path):
        with holder(path) as other:
            other.kill()
        turn = Turns.of(path).take(1)
        assert turn
        turn.end()

    def test_a_failure_to_open_holds_nothing(self, path, monkeypatch):
        turns = Turns.of(path)
        with monkeypatch.context() as patch:
            patch.setattr("common.sqlite.turns.os.open", Mock(side_effect=OSError(EMFILE, "full")))
            with pytest.raises(OSError, match="full"):
                turns.take(1)

        turn = turns.take(0.02)
        assert turn
        turn.end()

    def test_a_broken_off_wait_holds_nothing(self, path, monkeypatch):
        turns = Turns.of(path)
        with holder(path) as other:
            with monkeypatch.context() as patch:
                patch.setattr("common.sqlite.turns.time.sleep", Mock(side_effect=SystemExit))
                with pytest.raises(SystemExit):
                    turns.take(1)
            other.stdin.close()
        turn = turns.take(1)
        assert turn
        turn.end()

    def test_a_child_that_was_forked_meanwhile_holds_nothing(self, path):
        turns = Turns.of(path)
        turn = turns.take(1)
        assert turn
        # Such a child has the same opened file.
        open_files = list(Path("/proc/self/fd").iterdir())
        inherited = [os.dup(int(fd.name)) for fd in open_files if _is(fd, path)]
        assert inherited
        turn.end()
        try:
            again = turns.take(0.02)
            assert again
            again.end()
        finally:
            for each in inherited:
                os.close(each)

    @pytest.mark.skipif(os.geteuid() != 0, reason="gives a file away, as root alone may")
    def test_root_makes_the_lock_for_the_owner_of_the_file(self, path):
        Path(path).touch()
        os.chown(path, 65534, 65534)

        turn = Turns.of(path).take(1)

        assert turn
        turn.end()
        made = Path(f"{path}-giliran").stat()
        assert (made.st_uid, made.st_gid) == (65534, 65534)

    def test_files_have_turns_of_their_own(self, tmp_path):
        turns = [Turns.of(str(tmp_path / name)).take(1) for name in ("a", "b")]
        assert all(turns)
        for turn in turns:
            turn.end()


@pytest.fixture
def connect(path, django_db_blocker):
    """A function that opens a connection of its own to a file with a counter at 0."""
    settings = {
        "ENGINE": "common.sqlite",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 1,
            "init_command": "PRAGMA journal_mode=WAL",
        },
    }

    def connect():
        return closing(ConnectionHandler({"default": dict(settings)})["default"])

    with django_db_blocker.unblock():
        with connect() as first, first.cursor() as cursor:
            cursor.execute("CREATE TABLE counter (value INTEGER)")
            cursor.execute("INSERT INTO counter VALUES (0)")
        yield connect


def begin(connection):
    """As transaction.atomic begins."""
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def add_one(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM counter")
        (value,) = cursor.fetchone()
        cursor.execute("UPDATE counter SET value = %s", [value + 1])


def value_of(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM counter")
        return cursor.fetchone()[0]


class TestTransactions:
    THREADS, TIMES = 4, 50

    def test_none_is_lost(self, connect):
        together = Barrier(self.THREADS)

        def count(_):
            with connect() as connection:
                together.wait()
                for _ in range(self.TIMES):
                    begin(connection)
                    add_one(connection)
                    connection.commit()
                    connection.set_autocommit(True)

        with ThreadPoolExecutor(self.THREADS) as threads:
            list(threads.map(count, range(self.THREADS)))

        with connect() as connection:
            assert value_of(connection) == self.THREADS * self.TIMES

    @pytest.mark.parametrize("end", ["commit", "rollback", "close"])
    def test_the_turn_ends_with_the_transaction(self, connect, path, end):
        with connect() as connection:
            begin(connection)
            add_one(connection)
            assert Turns.of(path).take(0.01) is None

            getattr(connection, end)()

            turn = Turns.of(path).take(0.01)
            assert turn
            turn.end()

    def test_one_that_cannot_begin_holds_nothing(self, connect, path):
        with connect() as first, connect() as second:
            with first.cursor() as cursor:
                cursor.execute("BEGIN IMMEDIATE")  # one that knows of no turns
            with pytest.raises(OperationalError, match="locked"):
                begin(second)

            turn = Turns.of(path).take(0.01)
            assert turn
            turn.end()

    def test_who_waits_too_long_is_told(self, connect):
        with connect() as first, connect() as second:
            begin(first)
            with pytest.raises(OperationalError, match="database is locked"):
                begin(second)
            first.commit()

            begin(second)
            add_one(second)
            second.commit()
            assert value_of(first) == 1
