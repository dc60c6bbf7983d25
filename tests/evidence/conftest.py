import shutil
from pathlib import Path

import pytest

from accounts.models import Role, User
from evidence import vault
from satker.models import Satker, SatkerKind


@pytest.fixture(autouse=True)
def vault_folder() -> Path:
    """The vault of the test run, emptied."""
    folder = vault.path_of("")
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture
def satker(db) -> Satker:
    return Satker.objects.create(
        code="pusat", name="Pusat", kind=SatkerKind.PUSAT, path="pusat/", level=0
    )


@pytest.fixture
def operator(satker) -> User:
    return User.objects.create(username="operator", name="Siti", role=Role.OPERATOR, satker=satker)
