"""Fixtures of every test, and the surroundings that the settings read.

What a test asks for marks it: ``server`` or ``page`` as e2e, ``recalculate`` as office,
``pdf_text`` as poppler; without the program it is skipped.
"""

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from openpyxl import Workbook
from pytest_django import DjangoDbBlocker

from tests.office import LibreOffice

# Before Django reads its settings. Every process of a parallel run has a folder of its own, and
# a developer's .env has no say: a variable that is set, even to nothing, wins over the file.
VAR_DIR = Path(tempfile.mkdtemp(prefix="pmpzi-tests-"))
os.environ |= {
    "DEMO": "1",
    "DEBUG": "",
    "VAR_DIR": str(VAR_DIR),
    "STATIC_ROOT": str(VAR_DIR / "static"),
    "SECRET_KEY": "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789",
    "SECRET_KEY_FALLBACKS": "",
    "ALLOWED_HOSTS": "testserver",
    "TRUSTED_PROXY_COUNT": "0",
    "LOG_LEVEL": "ERROR",
    "JOB_WORKER": "",
    "EMAIL_URL": "",
    "MAIL_FROM": "",
    "SITE_URL": "",
}
os.environ.setdefault("DATABASE_URL", "")
(VAR_DIR / "static").mkdir()

# The module is named for this process alone: pytest-django would read the settings of a parallel
# process before this file has given it a folder of its own.
if settings.configured:
    raise pytest.UsageError("DJANGO_SETTINGS_MODULE tidak boleh diisi untuk tes.")
os.environ["DJANGO_SETTINGS_MODULE"] = "pmpzi.settings"
django.setup()
del os.environ["DJANGO_SETTINGS_MODULE"]

pytest_plugins = ["tests.browser"]

ROOT = Path(__file__).resolve().parent.parent

MARK_OF_FIXTURE = {"server": "e2e", "recalculate": "office", "pdf_text": "poppler"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests by what they need; those of the browser, the slowest, come first."""
    for item in items:
        for fixture, mark in MARK_OF_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


def pytest_unconfigure() -> None:
    shutil.rmtree(VAR_DIR, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def settings_of_tests(django_test_environment: None) -> Iterator[None]:
    """What differs from production: the cost of a password, and names of static files.

    Argon2 stays, at a cost that thousands of tests can bear. Static files keep their plain names,
    so that pages can be rendered without collecting them first; ``server`` has the real ones.
    """
    plain_static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=["tests.hashers.CheapArgon2PasswordHasher"],
        STORAGES=settings.STORAGES | {"staticfiles": plain_static},
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The instruments are there before the first test: they never change, and take a while.

    At the end, sessions that threads of tests have left open are closed: PostgreSQL does not drop
    a database that somebody is in.
    """
    with django_db_blocker.unblock():
        call_command("load_instruments", verbosity=0, stdout=io.StringIO())
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material beside the checkout; not part of the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(
            f"bahan resmi kementerian yang tidak disertakan ({folder.name}/ di samping klona)"
        )
    return folder


@pytest.fixture(scope="session")
def recalculate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Workbook]:
    """``recalculate(path)``: the workbook with every formula computed by LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice), yang menghitung ulang buku kerja, tidak terpasang")
    return LibreOffice(program, tmp_path_factory.mktemp("office")).recalculate


@pytest.fixture(scope="session")
def pdf_text() -> Callable[[Path], str]:
    """``pdf_text(path)``: the text of a PDF in reading order, pages parted by form feeds."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils), yang membaca PDF, tidak terpasang")

    def read(path: Path) -> str:
        command = [program, "-layout", str(path), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return read
