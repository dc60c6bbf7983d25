"""Previews made beside the requests: by the job, by the command, and taken away again."""

import os
import shutil
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from evidence import preview_store, previews, vault
from evidence.models import EvidenceFile
from evidence.quota import usage_of
from evidence.services import store
from tests.evidence import preview_samples as made
from tests.evidence.samples import upload, zipped

ROOT = Path(__file__).resolve().parent.parent.parent
QUEUED = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def put(satker, operator):
    """``put("a.pdf", pages=2)``: stored as an upload is; without its job."""

    def stored(name="Laporan.pdf", content=None, *, pages=1):
        content = content or made.pages(pages)
        return store(satker=satker, upload=upload(name, content), by=operator)

    return stored


def run(command, *arguments):
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
class TestJob:
    def test_after_an_upload(self, put, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            file = put()
            assert not previews.has_thumbnail(file)

        assert previews.has_thumbnail(file)
        assert preview_store.sheet_of(previews.key_of(file), 1) is not None

    def test_an_upload_sent_twice_asks_once(self, put, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as jobs:
            put()
            put()

        assert len(jobs) == 1

    @pytest.mark.parametrize("fault", ["lost", "hostile", "no row"])
    def test_its_faults_never_reach_the_upload(
        self, put, django_capture_on_commit_callbacks, fault, caplog
    ):
        content = made.endless_drawing() if fault == "hostile" else None
        with django_capture_on_commit_callbacks(execute=True):
            file = put(content=content)
            if fault == "lost":
                vault.remove(file.file.name)
            if fault == "no row":
                EvidenceFile.objects.all().delete()

        assert not previews.has_thumbnail(file)
        assert EvidenceFile.objects.exists() is (fault != "no row")

    def test_with_a_worker_it_is_a_row(self, put, django_capture_on_commit_callbacks, settings):
        settings.TASKS = QUEUED
        with django_capture_on_commit_callbacks(execute=True):
            file = put()

        row = DBTaskResult.objects.get()
        assert row.task_path == "evidence.jobs.make_preview"
        assert row.args_kwargs == {"args": [str(file.pk)], "kwargs": {}}
        assert not previews.has_thumbnail(file)

    def test_a_preview_counts_towards_no_quota(self, put, satker):
        file = put()
        before = usage_of(satker)

        previews.prepare(file)

        assert usage_of(satker) == before
        assert before.used == file.size


UPLOAD = """
from tests.evidence.samples import upload
from evidence.services import store
from satker.models import SatkerKind
from tests.factories import make_satker, make_user
from tests.evidence.preview_samples import pages
by = make_user(make_satker("00", kind=SatkerKind.PUSAT))
file = store(satker=by.satker, upload=upload("SK.pdf", pages(2)), by=by)
print(file.sha256)
"""


def test_a_worker_of_its_own(tmp_path):
    """As in production: the upload leaves a row, and `db_worker` makes the preview."""
    environment = os.environ | {
        "DATABASE_URL": "",
        "VAR_DIR": str(tmp_path),
        "STATIC_ROOT": str(tmp_path / "static"),
        "JOB_WORKER": "1",
    }

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    manage("migrate", "--verbosity=0")
    sha256 = manage("shell", "--no-imports", "-c", UPLOAD).split()[-1]
    thumbnail = tmp_path / "previews" / "kecil" / sha256[:2] / f"{sha256}-pdf"
    assert not thumbnail.exists()

    manage("db_worker", "--batch")

    assert thumbnail.stat().st_size > 0
    assert (tmp_path / "previews" / "halaman" / sha256[:2] / f"{sha256}-pdf-1").is_file()


@pytest.mark.django_db
class TestCommand:
    def test_makes_what_is_missing_once(self, put):
        files = [put(), put("Foto.jpg", made.photo()), put("Arsip.zip", zipped({"a": "b"}))]

        assert run("make_previews", "--limit", "2")[0].endswith(
            "2 pratinjau dibuat, 0 tidak dapat dibuat sekarang.\n"
        )
        assert sum(preview_store.is_prepared(previews.key_of(file)) for file in files) == 2
        assert run("make_previews")[0].startswith("1 pratinjau dibuat, 0 tidak")
        assert run("make_previews")[0].startswith("0 pratinjau dibuat, 0 tidak")

    def test_the_same_content_as_two_kinds(self, put):
        content = made.document(made.paragraphs("ISI"))
        files = [put("x.zip", content), put("asli.docx", content), put("lagi.docx", content)]

        assert run("make_previews")[0].startswith("2 pratinjau dibuat, 0 tidak")
        assert [previews.sheet_of(file).kind for file in files] == ["names", "text", "text"]

    def test_names_what_it_cannot_make(self, put):
        lost = put("Hilang.pdf", pages=3)
        vault.remove(lost.file.name)
        whole = put()

        said, faults = run("make_previews")

        assert said == "1 pratinjau dibuat, 1 tidak dapat dibuat sekarang.\n"
        assert "Hilang.pdf" in faults
        assert previews.has_thumbnail(whole)


@pytest.mark.django_db
class TestSweep:
    def test_previews_of_what_no_row_names(self, put):
        kept, gone = put(), put("Lama.pdf", pages=2)
        for file in (kept, gone):
            previews.prepare(file)
        EvidenceFile.objects.filter(pk=gone.pk).delete()
        vault.remove(gone.file.name)

        told, _ = run("sweep_evidence")
        assert "2 pratinjau tanpa berkas atau tidak selesai ditemukan" in told
        assert previews.has_thumbnail(gone)

        removed, _ = run("sweep_evidence", "--remove")
        assert "2 pratinjau tanpa berkas atau tidak selesai dihapus" in removed
        assert not previews.has_thumbnail(gone)
        assert preview_store.sheet_of(previews.key_of(gone), 1) is None
        assert previews.has_thumbnail(kept)
        assert "pratinjau" not in run("sweep_evidence", "--remove")[0]

    def test_one_of_two_rows_is_enough(self, put):
        first = put("Satu.pdf")
        put("Dua.pdf")
        previews.prepare(first)
        EvidenceFile.objects.filter(pk=first.pk).delete()
        vault.remove(first.file.name)

        run("sweep_evidence", "--remove")

        assert previews.has_thumbnail(first)

    def test_what_a_process_that_was_killed_had_begun(self, put, preview_folder):
        file = put()
        previews.prepare(file)
        old, young = (
            preview_folder / "kecil" / file.sha256[:2] / f".baru-{name}" for name in ("a", "b")
        )
        for path, hours in ((old, 25), (young, 23)):
            path.write_bytes(b"RIFF")
            moment = time.time() - hours * 3600
            os.utime(path, (moment, moment))

        assert "1 pratinjau tanpa berkas atau tidak selesai ditemukan" in run("sweep_evidence")[0]
        run("sweep_evidence", "--remove")

        assert (old.exists(), young.exists()) == (False, True)
        assert previews.has_thumbnail(file)

    def test_those_of_old_that_do_not_say_what_they_were_read_as(self, put, preview_folder):
        file = put()
        previews.prepare(file)
        old = [
            preview_folder / kind / file.sha256[:2] / f"{file.sha256}{page}"
            for kind, page in (("kecil", ""), ("halaman", "-1"))
        ]
        for path in old:
            path.write_bytes(b"x")

        told, _ = run("sweep_evidence", "--remove")

        assert "2 pratinjau" in told
        assert not any(path.exists() for path in old)
        assert previews.has_thumbnail(file)

    def test_nothing_was_ever_made(self, put, preview_folder):
        shutil.rmtree(preview_folder, ignore_errors=True)

        assert "pratinjau" not in run("sweep_evidence")[0]
