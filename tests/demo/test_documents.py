from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from demo.documents import Shelf, sample_for
from evidence import vault
from evidence.intake import inspect
from evidence.models import EvidenceFile
from satker.models import Satker
from tests.factories import Tree, make_satker_tree, make_user

TITLES = (
    "Laporan pelaksanaan kegiatan",
    "SK tim kerja",
    "Tangkapan layar aplikasi",
    "Foto papan pengumuman",
    "Hasil survei",
)
AT = datetime(2026, 3, 2, 3, tzinfo=UTC)


@pytest.fixture
def tree(db: None) -> Tree:
    return make_satker_tree()


@pytest.fixture
def satker(tree: Tree) -> Satker:
    return tree.satker


@pytest.mark.parametrize("title", TITLES)
def test_samples_are_accepted_by_the_upload_policy(title):
    sample = sample_for(title)

    accepted = inspect(SimpleUploadedFile(f"berkas.{sample.extension}", sample.content, ""))

    assert (accepted.extension, accepted.sha256) == (sample.extension, sample.sha256)


def test_the_row_says_what_the_policy_found(satker):
    shelf = Shelf()
    file = put(shelf, satker, "SK tim kerja ZI, lengkap dengan susunan anggota")

    content = vault.path_of(file.file.name).read_bytes()
    accepted = inspect(SimpleUploadedFile(file.name, content, "application/pdf"))
    shelf.clear()

    assert file.name == "SK tim kerja ZI 2026.pdf"
    assert (file.name, file.content_type, file.size, file.sha256) == (
        accepted.name,
        accepted.content_type,
        accepted.size,
        accepted.sha256,
    )


def test_names_are_numbered_within_a_satker(tree):
    shelf = Shelf()
    places = (tree.satker, tree.satker, tree.satker, tree.other_satker)
    files = [put(shelf, place, "Notulen") for place in places]
    shelf.clear()

    assert [file.name for file in files] == [
        "Notulen 2026.pdf",
        "Notulen 2026 (2).pdf",
        "Notulen 2026 (3).pdf",
        "Notulen 2026.pdf",
    ]


def test_every_file_is_its_own(satker):
    """One content lies on disk once, but removing a file leaves the others."""
    shelf = Shelf()
    by = make_user(satker)
    files = [put(shelf, satker, "Notulen", by) for _ in range(300)]

    vault.remove(files[0].file.name)
    left = [file for file in files if vault.exists(file.file.name)]
    shelf.clear()

    assert left == files[1:]
    assert not any(vault.exists(file.file.name) for file in files)


def put(shelf: Shelf, satker: Satker, title: str, by: User | None = None) -> EvidenceFile:
    return shelf.put(satker=satker, title=title, year=2026, by=by or make_user(satker), at=AT)
