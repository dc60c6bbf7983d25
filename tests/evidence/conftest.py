import shutil
from pathlib import Path

import pytest

from accounts.models import User
from evidence import preview_store, vault
from evidence.services import store
from satker.models import Satker, SatkerKind
from tests.evidence.samples import upload, zipped
from tests.factories import make_satker, make_user


@pytest.fixture(autouse=True)
def vault_folder() -> Path:
    """The vault of the test run, emptied."""
    folder = vault.path_of("")
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture(autouse=True)
def preview_folder() -> Path:
    """Where previews lie, emptied."""
    folder = Path(preview_store.store().path(""))
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture
def satker(db) -> Satker:
    return make_satker("pusat", kind=SatkerKind.PUSAT)


@pytest.fixture
def operator(satker) -> User:
    return make_user(satker)


@pytest.fixture
def put(satker, operator):
    """``put("a.pdf", content)``: a file in the vault, past the checks of intake."""

    def stored(name, content):
        file = store(satker=satker, upload=upload("Isi.zip", zipped({"a": "b"})), by=operator)
        type(file).objects.filter(pk=file.pk).delete()
        vault.remove(file.file.name)
        file.name, file.size = name, len(content)
        file.sha256 = vault.write(file.file.name, [content])
        file.save(force_insert=True)
        return file

    return stored
