"""A worker in a process of its own takes a mail from the table, on SQLite and PostgreSQL."""

import os
import subprocess
import sys

import pytest

from tests.notices.smtp import running_server, text_of
from tests.server import ROOT, make_database

TELL = """
from accounts.models import User
from notices.enums import Kind
from notices.services import notify
from satker.models import Satker
pusat = Satker.objects.create(code="pusat", name="Pusat", kind="pusat", path="pusat/", level=0)
siti = User.objects.create(
    username="siti", name="Siti", role="tpi", satker=pusat, email="siti@contoh.example",
    mail_rhythm="setiap",
)
notify([siti], Kind.TASK, "Tugas baru.", "/penilaian/")
"""


@pytest.fixture
def manage(tmp_path):
    """manage.py against a database of its own, with a mail server and a worker."""
    url = os.environ["DATABASE_URL"]
    if url:
        url = make_database(url, f"pmpzi_worker_{os.getpid()}")
    with running_server() as server:
        environment = os.environ | {
            "DATABASE_URL": url,
            "VAR_DIR": str(tmp_path),
            "JOB_WORKER": "1",
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            "SITE_URL": "https://pmpzi.contoh.go.id",
        }

        def run(*arguments):
            command = [sys.executable, "manage.py", *arguments]
            return subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
            ).stdout

        yield run, server


def test_a_worker_sends_what_waits_in_the_table(manage):
    run, server = manage
    run("migrate", "--verbosity", "0")
    run("shell", "--verbosity", "0", "-c", TELL)
    assert server.letters == []

    run("db_worker", "--batch", "--no-startup-delay")
    run("db_worker", "--batch", "--no-startup-delay")

    (letter,) = server.letters
    assert letter["To"] == "siti@contoh.example"
    assert "https://pmpzi.contoh.go.id/penilaian/" in text_of(letter)
    assert run("send_mail") == "0 surel terkirim, 0 menunggu.\n"
