from pathlib import Path
from typing import Any

from common.imports import ImportCommand, ImportResult
from satker.importing import OPTIONAL, REQUIRED, import_satker


class Command(ImportCommand):
    help = (
        "Menambah dan mengubah satker dari xlsx atau csv; semua atau tidak sama sekali, dapat "
        f"diulang. Kolom wajib: {', '.join(REQUIRED)}; boleh ada: {', '.join(OPTIONAL)}."
    )

    def take(self, path: Path, *, dry_run: bool, options: dict[str, Any]) -> ImportResult:
        return import_satker(path, dry_run=dry_run, by=None)
