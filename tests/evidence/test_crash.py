"""A server that dies between the file and its row, on a database of its own."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.evidence.samples import pdf

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = 24 * 60 * 60  # seconds

PREPARE = """
import django
django.setup()
from django.core.management import call_command
for app in ("accounts", "evidence"):
    call_command("migrate", app, verbosity=0)
from accounts.models import User
from satker.models import Satker
pusat = Satker.objects.create(code="pusat", name="Pusat", kind="pusat", path="pusat/", level=0)
User.objects.create(username="operator", name="Siti", role="operator", satker=pusat)
"""

STORE = """
import sys
import django
django.setup()
from accounts.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from evidence.services import store
operator = User.objects.get()
upload = SimpleUploadedFile("SK.pdf", sys.stdin.buffer.read(), content_type="application/pdf")
store(satker=operator.satker, upload=upload, by=operator)
"""


class Site:
    def __init__(self, folder: Path) -> None:
        self.database = folder / "db.sqlite3"
        self.vault = folder / "evidence"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "pmpzi.settings",
            "DATABASE_URL": "",
            "VAR_DIR": str(folder),
        }

    def command(self, script: str) -> list[str]:
        return [sys.executable, "-c", script]

    def run(self, script: str, content: bytes = b"") -> None:
        subprocess.run(
            self.command(script), cwd=ROOT, env=self.environment, input=content, check=True
        )

    def sweep(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", "sweep_evidence", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True
        ).stdout

    def files(self) -> list[Path]:
        return [path for path in self.vault.rglob("*") if path.is_file()]

    def rows(self) -> int:
        with sqlite3.connect(self.database) as connection:
            return connection.execute("SELECT count(*) FROM evidence_evidencefile").fetchone()[0]


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    site.run(PREPARE)
    return site


def test_a_crash_between_file_and_row_leaves_only_a_file_that_the_sweep_finds(site):
    somebody_else = sqlite3.connect(site.database, isolation_level=None)
    somebody_else.execute("BEGIN IMMEDIATE")
    process = subprocess.Popen(
        site.command(STORE), cwd=ROOT, env=site.environment, stdin=subprocess.PIPE
    )
    process.stdin.write(pdf())
    process.stdin.close()
    wait_until(lambda: [path.stat().st_size for path in site.files()] == [len(pdf())])

    process.kill()
    process.wait()
    somebody_else.execute("ROLLBACK")
    somebody_else.close()

    (orphan,) = site.files()
    assert (orphan.read_bytes(), site.rows()) == (pdf(), 0)
    os.utime(orphan, (time.time() - 2 * DAY,) * 2)
    assert "1 berkas tanpa catatan dihapus" in site.sweep("--remove")
    assert site.files() == []


def wait_until(condition) -> None:
    deadline = time.monotonic() + 15  # below the 20 seconds that a save waits for the lock
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
