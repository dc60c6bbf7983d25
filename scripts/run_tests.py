"""``make test`` after the packages: static checks, then every test on both databases.

Every part runs even where an earlier one failed. Ends with a line for each part; exits 1 when
one failed and, with CI=true, also when one could not run.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from prepare import ROOT, missing_needs
from temporary_postgres import PostgresUnavailableError, temporary_postgres

IS_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
WORKERS = str(max(2, min(4, os.cpu_count() or 1)))

CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy --strict scoring": ["mypy"],
    "makemigrations --check": ["manage.py", "makemigrations", "--check", "--dry-run"],
}

# Tests with these markers need a program; the package is Debian's.
MARKERS = {"e2e": "chromium", "office": "libreoffice-calc-nogui", "poppler": "poppler-utils"}


@dataclass(frozen=True)
class Outcome:
    part: str
    passed: bool
    closing_line: str


def main(pytest_arguments: Sequence[str]) -> int:
    """The exit code: 0 when every part that could run has passed."""
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, _end)
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # tests/conftest.py names it
    print(f"Tes PMPZI, Python {sys.version.split()[0]}", flush=True)
    cannot_run = [f"{need.purpose}: {need.package} tidak ada" for need in missing_needs("test")]
    outcomes = [_run_check(part, command) for part, command in CHECKS.items()]

    with ExitStack() as stack:
        databases = {"SQLite": ""}
        try:
            databases["PostgreSQL"] = stack.enter_context(temporary_postgres())
        except PostgresUnavailableError as error:
            cannot_run.append(f"uji dengan PostgreSQL: {error}")
        outcomes += [
            _run_pytest(name, url, pytest_arguments) for name, url in reversed(databases.items())
        ]

    return summary(outcomes, cannot_run)


def _end(number: int, frame: object) -> None:
    """Leaves by way of every ``finally``: the PostgreSQL of the tests is stopped and deleted.

    A second signal does not cut that short; ``timeout`` and ``make`` may send two.
    """
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _run_check(part: str, command: Sequence[str]) -> Outcome:
    program = command if command[0] == "manage.py" else ["-m", *command]
    code, last_line, seconds = _stream([sys.executable, *program], {"DEMO": "1"})
    return Outcome(part, code == 0, f"{last_line} ({seconds:.0f} s)")


def _run_pytest(database: str, url: str, arguments: Sequence[str]) -> Outcome:
    absent = {need.package for need in missing_needs("test")}
    selected = " and ".join(f"not {mark}" for mark, package in MARKERS.items() if package in absent)
    # A file stays on one worker, so that what it prepares is prepared once.
    command = [sys.executable, "-m", "pytest", "--numprocesses", WORKERS, "--dist", "loadfile"]
    command += ["--durations", "10"]
    print(f"\n== Tes pada {database} ==", flush=True)
    code, last_line, _ = _stream([*command, "-m", selected, *arguments], {"DATABASE_URL": url})
    return Outcome(f"pytest, {database}", code == 0, last_line)


def _stream(command: Sequence[str], extra: Mapping[str, str]) -> tuple[int, str, float]:
    """Runs it, showing what it prints; returns its code, its last line and the seconds."""
    started = time.monotonic()
    last_line = ""
    with subprocess.Popen(
        command,
        env=os.environ | extra,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                last_line = line.strip() or last_line
        except BaseException:  # an ended run ends the part that runs
            process.terminate()
            raise
    return process.returncode, last_line, time.monotonic() - started


def summary(outcomes: Sequence[Outcome], cannot_run: Sequence[str]) -> int:
    """Prints a line for each part; returns the exit code."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    print("\n== Ringkasan ==")
    for outcome in outcomes:
        verdict = "lulus" if outcome.passed else "GAGAL"
        print(f"{verdict}  {outcome.part}: {outcome.closing_line}")
    for part in cannot_run:
        print(f"TIDAK DIJALANKAN  {part}")
    if failed or (cannot_run and IS_CI):
        print("Hasil: gagal")
        return 1
    print("Hasil: lulus" + (", sebagian tidak dijalankan" if cannot_run else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
