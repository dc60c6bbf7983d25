"""Turns at a file: one at a time among the threads of this process and among all processes."""

import fcntl
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

SUFFIX = "-giliran"
PAUSE = 0.0005  # seconds between two looks at the lock of the other processes

_FLAGS = os.O_RDWR | os.O_CLOEXEC


class Turn:
    """Held until `end`, or until the process ends."""

    def __init__(self, end: Callable[[], None]) -> None:
        self.end = end


class Turns:
    """The turns at one file. The lock is a file beside it, with `-giliran` after its name."""

    _all: dict[str, Self] = {}
    _making = threading.Lock()

    def __init__(self, path: str) -> None:
        self._path = f"{path}{SUFFIX}"
        self._among_threads = threading.Lock()

    @classmethod
    def of(cls, path: str) -> Self:
        """The same object for the same path, in every thread."""
        with cls._making:
            return cls._all.setdefault(path, cls(path))

    def take(self, timeout: float) -> Turn | None:
        """Wait for the turn, `timeout` seconds at most; None where it did not come."""
        until = time.monotonic() + timeout
        if not self._among_threads.acquire(timeout=timeout):
            return None
        try:
            lock = self._take_among_processes(until)
        except BaseException:
            self._among_threads.release()
            raise
        if lock is None:
            self._among_threads.release()
            return None

        def end() -> None:
            try:
                # Not by closing alone: a process that was forked meanwhile has it open too.
                fcntl.flock(lock, fcntl.LOCK_UN)
            finally:
                os.close(lock)
                self._among_threads.release()

        return Turn(end)

    def _take_among_processes(self, until: float) -> int | None:
        """The locked file; None where it was another process's turn until then."""
        # Opened anew each time: a lock belongs to an opened file, and one that was opened
        # before a fork would be held by parent and child together.
        lock = self._open()
        taken = False
        try:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() > until:
                        return None
                    time.sleep(PAUSE)
                else:
                    taken = True
                    return lock
        finally:
            if not taken:
                os.close(lock)

    def _open(self) -> int:
        """The lock file; made where there is none, for the owner of the file it stands beside."""
        while True:
            with suppress(FileNotFoundError):
                return os.open(self._path, _FLAGS)
            with suppress(FileExistsError):  # another process was faster
                lock = os.open(self._path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
                if os.geteuid() == 0:
                    # As SQLite does with its own: a command that root runs shuts no server out.
                    with suppress(FileNotFoundError):
                        owner = Path(self._path.removesuffix(SUFFIX)).stat()
                        os.fchown(lock, owner.st_uid, owner.st_gid)
                return lock
