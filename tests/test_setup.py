"""From a clone to a running system: locks, scripts, what tracked files may not hold."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

import run_tests
from run_tests import Outcome

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [ROOT / "requirements" / "base.txt", ROOT / "requirements" / "dev.txt"]

# Files that are read as text.
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".html", ".css", ".js", ".json", ".csv", ".svg"}
TEXT_NAMES = {"Makefile", "Dockerfile", "run", ".env.example", ".gitignore", ".dockerignore"}

HOME_FOLDERS = re.compile(
    r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/|" + re.escape(f"{ROOT.as_posix()}/")
)
PACKAGE_INDEX = re.compile(
    r"--(?:extra-)?index[-]url|--find[-]links|--trusted[-]host|PIP_(?:EXTRA_)?INDEX|"
    r"\bpy(?:pi|thonhosted)[.]org|/simple[/]",
    re.IGNORECASE,
)


def pins(path):
    """Name and version of every package in a lock file."""
    return dict(
        re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", path.read_text(), flags=re.MULTILINE)
    )


def tracked_files():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("bukan klona git, jadi tidak diketahui berkas mana yang milik proyek")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
    def test_hold_packages_and_hashes_alone(self, lock):
        allowed = re.compile(
            r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[A-Za-z0-9.+!]+( ; [^/\\]+)? \\|"
            r"    --hash=sha256:[0-9a-f]{64}( \\)?"
        )

        odd = [line for line in lock.read_text().splitlines() if not allowed.fullmatch(line)]

        assert odd == []

    def test_tests_run_with_the_packages_of_production(self):
        base, dev = (pins(lock) for lock in LOCKS)

        assert {name: dev.get(name) for name in base} == base

    @pytest.mark.parametrize("name", ["base", "dev"])
    def test_hold_every_package_that_is_asked_for(self, name):
        asked = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
        names = {re.split(r"[\[<>=]", line)[0] for line in asked if line and line[0] not in "-#"}

        assert names - pins(ROOT / "requirements" / f"{name}.txt").keys() == set()

    def test_the_packages_in_use_are_the_locked_ones(self):
        show = [sys.executable, "-m", "pip", "list", "--format", "freeze", "-q"]
        listed = subprocess.run(show, capture_output=True, text=True, check=True).stdout
        installed = dict(line.lower().split("==") for line in listed.splitlines() if "==" in line)

        different = {
            name: (version, installed[name])
            for name, version in pins(LOCKS[1]).items()
            if name in installed and installed[name] != version
        }

        assert different == {}


class TestTrackedFiles:
    def texts(self):
        for path in tracked_files():
            if path.suffix in TEXT or path.name in TEXT_NAMES:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")

    def test_name_no_folder_of_one_machine(self):
        found = [(str(path), HOME_FOLDERS.findall(text)) for path, text in self.texts()]

        assert [hit for hit in found if hit[1]] == []

    def test_name_no_package_index(self):
        found = [(str(path), PACKAGE_INDEX.findall(text)) for path, text in self.texts()]

        assert [hit for hit in found if hit[1]] == []

    def test_hold_no_data_or_secrets(self):
        names = {path.relative_to(ROOT).as_posix() for path in tracked_files()}

        assert not [n for n in names if n == ".env" or n.startswith(("var/", ".venv/"))]


def prepare(folder):
    """scripts/prepare.py run, in a folder of its own."""
    # Without apt-get on the path: what is missing here must not be installed by a test.
    return subprocess.run(
        [sys.executable, "scripts/prepare.py", "run"],
        cwd=folder,
        env=os.environ | {"PATH": str(folder / "no-programs")},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout whose locks ask for nothing, with its environment made."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    (folder / "requirements").mkdir()
    for lock in LOCKS:
        (folder / "requirements" / lock.name).write_text("")
    made = prepare(folder)
    assert made.returncode == 0, made.stderr
    assert "Membuat lingkungan Python di .venv" in made.stdout
    return folder


class TestPrepare:
    def test_a_second_time_does_nothing(self, checkout):
        again = prepare(checkout)

        assert (again.returncode, again.stdout) == (0, "")

    def test_installs_again_when_the_lock_has_changed(self, checkout):
        (checkout / "requirements" / "base.txt").write_text("# another lock\n")

        again = prepare(checkout)

        assert again.stdout == "Memasang paket Python dari requirements/base.txt\n"

    def test_refuses_a_package_without_its_hash(self, checkout):
        (checkout / "requirements" / "base.txt").write_text("sqlparse==0.5.0\n")

        refused, again = prepare(checkout), prepare(checkout)

        (checkout / "requirements" / "base.txt").write_text("")
        assert (refused.returncode, again.returncode) == (1, 1)
        assert "Paket Python tidak dapat dipasang" in refused.stderr

    def test_makes_a_broken_environment_again(self, checkout):
        (checkout / ".venv" / "bin" / "python").unlink()
        (checkout / ".venv" / "bin" / "python").symlink_to(checkout / "gone")

        again = prepare(checkout)

        assert again.returncode == 0
        assert "Membuat lingkungan Python di .venv" in again.stdout

    def test_says_how_to_be_called(self, checkout):
        wrong = subprocess.run(
            [sys.executable, "scripts/prepare.py"], cwd=checkout, capture_output=True, text=True
        )

        assert wrong.returncode == 1
        assert "run|test" in wrong.stderr


class TestTemporaryPostgres:
    PROGRAM = (
        "from temporary_postgres import temporary_postgres\n"
        "with temporary_postgres() as url:\n"
        "    print(url, flush=True)\n"
        "    input()\n"
    )

    def test_serves_and_leaves_nothing_behind(self, tmp_path):
        if not (shutil.which("pg_ctl") or any(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))):
            pytest.skip("pg_ctl (PostgreSQL), yang dinyalakan uji ini, tidak terpasang")

        with subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM],
            cwd=ROOT / "scripts",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as running:
            url = running.stdout.readline().strip()
            with psycopg.connect(url, dbname="postgres") as connection:
                encoding = connection.execute("SHOW server_encoding").fetchone()
                folder = connection.execute("SHOW data_directory").fetchone()
            running.communicate("\n")

        assert encoding == ("UTF8",)
        assert running.returncode == 0
        assert not Path(*folder).parent.exists()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url, dbname="postgres")


PASSED, FAILED = Outcome("a", True, "3 passed"), Outcome("b", False, "1 failed, 2 passed")


@pytest.mark.parametrize(
    ("outcomes", "cannot_run", "is_ci", "code", "result"),
    [
        ([PASSED], [], False, 0, "Hasil: lulus"),
        ([PASSED], [], True, 0, "Hasil: lulus"),
        ([PASSED, FAILED], [], False, 1, "Hasil: gagal"),
        ([PASSED], ["uji di peramban"], False, 0, "Hasil: lulus, sebagian tidak dijalankan"),
        ([PASSED], ["uji di peramban"], True, 1, "Hasil: gagal"),
    ],
)
def test_a_part_that_cannot_run_is_named_and_fails_where_changes_land(
    monkeypatch, capsys, outcomes, cannot_run, is_ci, code, result
):
    monkeypatch.setattr(run_tests, "IS_CI", is_ci)

    assert run_tests.summary(outcomes, cannot_run) == code

    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("TIDAK DIJALANKAN")] == [
        f"TIDAK DIJALANKAN  {part}" for part in cannot_run
    ]
    assert lines[-1] == result


LASTING = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
LONG_RUN = f"""
import run_tests
run_tests.CHECKS = {{"lama": ["timeit", "-n1", "-r1", {LASTING!r}]}}
run_tests.main([])
"""


def test_a_run_that_is_ended_ends_the_part_that_runs():
    with subprocess.Popen(
        [sys.executable, "-c", LONG_RUN],
        cwd=ROOT / "scripts",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        heading, child = run.stdout.readline(), int(run.stdout.readline())
        run.terminate()
        run.terminate()  # as some programs do
        assert run.wait(timeout=20) == 128 + signal.SIGTERM

    assert heading.startswith("Tes PMPZI")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_make_names_its_commands():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, flags=re.MULTILINE))

    assert {"run", "test", "check", "lock", "bench"} <= targets
    for target in ("run", "test", "check", "lock", "bench"):
        assert f"# make {target} " in text


def test_what_lands_is_checked_with_nothing_left_out():
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert "CI=true" in script.read_text(encoding="utf-8")
