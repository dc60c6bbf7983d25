import shutil
from pathlib import Path

import pytest

from accounts.models import User
from evidence import preview_store, vault
from satker.models import Satker, SatkerKind
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
