"""Does the vault hold just the files that the rows name?"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from evidence import vault
from evidence.models import EvidenceFile

CHUNK_ROWS = 500


@dataclass(frozen=True)
class Orphan:
    """A file that no row names: left by a crash between file and row."""

    id: UUID
    size: int
    """In bytes."""
    modified_at: datetime

    @property
    def place(self) -> str:
        return vault.place_of(self.id)


@dataclass(frozen=True)
class Fault:
    """A row whose file is not what it was."""

    file: EvidenceFile
    what: str


def find_orphans(*, before: datetime) -> Iterator[Orphan]:
    """Files without a row, last written before that moment: a younger one may get its row yet."""
    root = vault.path_of("")
    if not root.is_dir():
        return
    for folder in sorted(os.scandir(root), key=lambda entry: entry.name):
        if folder.is_dir(follow_symlinks=False):
            yield from _orphans_in(folder.path, before)


def find_faults(*, read: bool) -> Iterator[Fault]:
    """Rows whose file is missing or has another size and, where read, another content."""
    files = EvidenceFile.objects.select_related("satker").order_by("pk")
    for file in files.iterator(chunk_size=CHUNK_ROWS):
        if what := _fault_of(file, read):
            yield Fault(file, what)


def remove_orphan(orphan: Orphan) -> bool:
    """Whether it was removed; not where it has got a row meanwhile."""
    if EvidenceFile.objects.filter(pk=orphan.id).exists():
        return False
    vault.remove(orphan.place)
    return True


def _orphans_in(folder: str, before: datetime) -> Iterator[Orphan]:
    found: dict[UUID, Orphan] = {}
    for entry in os.scandir(folder):
        file_id = _id_of(entry)
        if file_id is None:
            continue
        status = entry.stat(follow_symlinks=False)
        modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
        if modified_at < before:
            found[file_id] = Orphan(file_id, status.st_size, modified_at)
    ids = sorted(found)
    for start in range(0, len(ids), CHUNK_ROWS):
        some = ids[start : start + CHUNK_ROWS]
        recorded = set(EvidenceFile.objects.filter(pk__in=some).values_list("pk", flat=True))
        yield from (found[file_id] for file_id in some if file_id not in recorded)


def _id_of(entry: os.DirEntry[str]) -> UUID | None:
    """The id that a file of ours is named after; None for anything else that lies there."""
    if not entry.is_file(follow_symlinks=False):
        return None
    try:
        file_id = UUID(hex=entry.name)
    except ValueError:
        return None
    return file_id if entry.path.endswith(f"/{vault.place_of(file_id)}") else None


def _fault_of(file: EvidenceFile, read: bool) -> str:
    try:
        stream = vault.open_file(file.file.name)
    except FileNotFoundError:
        return "berkas tidak ada"
    with stream:
        size = os.fstat(stream.fileno()).st_size
        if size != file.size:
            return f"ukuran {size} byte, seharusnya {file.size} byte"
        if read and hashlib.file_digest(stream, "sha256").hexdigest() != file.sha256:
            return "isi berubah (sidik SHA-256 berbeda)"
    return ""
