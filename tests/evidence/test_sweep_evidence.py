import os
import time
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evidence import parts, vault
from evidence.models import Upload
from evidence.resumable import open_upload
from evidence.services import store
from tests.evidence.samples import image, pdf, upload

HOUR = 60 * 60  # seconds


def sweep(*arguments):
    out = StringIO()
    try:
        call_command("sweep_evidence", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def make_orphan(age, content=b"isi"):
    place = vault.place_of(uuid.uuid4())
    vault.write(place, [content])
    modified = time.time() - age
    os.utime(vault.path_of(place), (modified, modified))
    return place


@pytest.fixture
def file(satker, operator):
    return store(satker=satker, upload=upload("SK.pdf", pdf()), by=operator)


@pytest.mark.django_db
def test_no_vault_yet():
    assert sweep() == (
        0,
        "Tidak ada berkas tanpa catatan.\nSetiap catatan bukti dukung memiliki berkas yang utuh.\n",
    )


def test_all_is_well(file, vault_folder):
    (vault_folder / "catatan.txt").write_text("bukan milik aplikasi")
    (vault.path_of(file.file.name).parent / ".DS_Store").write_text("bukan milik aplikasi")

    status, text = sweep("--remove")

    assert (status, text.splitlines()[0]) == (0, "Tidak ada berkas tanpa catatan.")
    assert vault.exists(file.file.name)
    assert (vault_folder / "catatan.txt").exists()


def test_orphans_are_only_named(file):
    place = make_orphan(25 * HOUR)

    status, text = sweep()

    assert status == 0
    assert place in text
    assert "1 berkas tanpa catatan ditemukan (--remove menghapusnya), 1 kB." in text
    assert vault.exists(place)


def test_orphans_are_removed_on_demand(file):
    orphans = [make_orphan(25 * HOUR) for _ in range(3)]

    status, text = sweep("--remove")

    assert status == 0
    assert "3 berkas tanpa catatan dihapus, 1 kB." in text
    assert [vault.exists(place) for place in orphans] == [False] * 3
    assert vault.exists(file.file.name)


@pytest.mark.django_db
def test_a_young_file_may_get_its_row_yet():
    place = make_orphan(23 * HOUR)

    status, text = sweep("--remove")

    assert (status, text.splitlines()[0]) == (0, "Tidak ada berkas tanpa catatan.")
    assert vault.exists(place)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "berkas tidak ada"),
        (pdf()[:-1], f"ukuran {len(pdf()) - 1} byte, seharusnya {len(pdf())} byte"),
        (pdf().replace(b"595", b"596"), "isi berubah (sidik SHA-256 berbeda)"),
    ],
)
def test_a_row_whose_file_is_not_what_it_was(satker, operator, file, content, what):
    store(satker=satker, upload=upload("a.png", image("PNG")), by=operator)
    vault.remove(file.file.name)
    if content is not None:
        vault.write(file.file.name, [content])

    status, text = sweep()

    assert status == 1
    assert f"  {file.pk} SK.pdf (satker {satker.code}): {what}\n" in text
    assert "1 bukti dukung tidak utuh." in text


def test_quick_reads_no_content(file):
    vault.remove(file.file.name)
    vault.write(file.file.name, [pdf().replace(b"595", b"596")])

    assert sweep("--quick")[0] == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count_is_constant(satker, operator, rows, django_assert_num_queries):
    for number in range(rows):
        store(satker=satker, upload=upload(f"{number}.pdf", pdf()), by=operator)

    with django_assert_num_queries(3):
        sweep()


def test_unfinished_uploads_are_swept_after_a_day(satker, operator):
    def opened(name):
        return open_upload(
            satker=satker, name=name, content_type="", size=9, sha256="", by=operator
        )

    old, young, loose = opened("lama.pdf"), opened("baru.pdf"), uuid.uuid4()
    for key in (old.pk, young.pk, loose):
        parts.append(key, offset=0, chunk=b"isi")
        os.utime(parts.path_of(key), (0, 0) if key == loose else None)
    Upload.objects.filter(pk=old.pk).update(opened_at=timezone.now() - timedelta(hours=25))

    named = sweep()[1]
    still = [parts.length_of(key) for key in (old.pk, young.pk, loose)]
    removed = sweep("--remove")[1]

    assert "2 unggahan yang tidak diselesaikan ditemukan" in named
    assert still == [3, 3, 3]
    assert "2 unggahan yang tidak diselesaikan dihapus" in removed
    assert list(Upload.objects.all()) == [young]
    assert [parts.length_of(key) for key in (old.pk, young.pk, loose)] == [0, 3, 0]
