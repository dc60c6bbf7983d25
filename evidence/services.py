import logging

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import User
from evidence import vault
from evidence.intake import Accepted, inspect
from evidence.models import EvidenceFile
from evidence.quota import require_room
from satker.models import Satker

logger = logging.getLogger(__name__)


def store(
    *, satker: Satker, upload: UploadedFile, by: User, has_room: bool = False
) -> EvidenceFile:
    """Take an upload into the satker's vault: first the file, then its row.

    The same content under the same name is the file that is there already, so that an upload
    sent twice stays one; where its file has been lost, it is put back.

    Runs in a transaction of its own and never inside another: checking and writing 20 MB must
    not hold anybody's lock, and a row that is undone later would leave its file behind.

    has_room: the satker's quota has been asked already, when the upload was announced.

    Raises FileRefused for what the upload policy or the quota does not take; RuntimeError inside a
    transaction. After a failure neither row nor file is left; after a crash at most a file,
    which `sweep_evidence` finds.
    """
    accepted = inspect(upload)
    stored = _find(satker, accepted)
    if stored is None:
        if not has_room:
            require_room(satker, accepted.size)
        return _store_new(satker, accepted, upload, by)
    if not vault.exists(stored.file.name):
        _write(stored, upload)
    return stored


def _find(satker: Satker, accepted: Accepted) -> EvidenceFile | None:
    return EvidenceFile.objects.filter(
        satker=satker, sha256=accepted.sha256, name=accepted.name
    ).first()


def _store_new(satker: Satker, accepted: Accepted, upload: UploadedFile, by: User) -> EvidenceFile:
    file = EvidenceFile(
        satker=satker,
        name=accepted.name,
        content_type=accepted.content_type,
        size=accepted.size,
        sha256=accepted.sha256,
        uploaded_by=by,
    )
    file.file = vault.place_of(file.pk)
    try:
        _write(file, upload)
        with transaction.atomic(durable=True):
            file.save(force_insert=True)
    except IntegrityError:
        _remove_without_row(file)
        # Sent twice at the same moment, the other one came first.
        other = _find(satker, accepted)
        if other is None:
            raise
        return other
    except BaseException:
        _remove_without_row(file)
        raise
    return file


def _write(file: EvidenceFile, upload: UploadedFile) -> None:
    upload.seek(0)
    written = vault.write(file.file.name, upload.chunks())
    upload.seek(0)
    if written != file.sha256:
        vault.remove(file.file.name)
        raise ValueError("the upload changed after it was checked")


def _remove_without_row(file: EvidenceFile) -> None:
    """Remove a file whose row was not written.

    The database is asked, since a lost connection may hide that the row was written after all;
    where it does not answer, the file stays for `sweep_evidence`.
    """
    try:
        recorded = EvidenceFile.objects.filter(pk=file.pk).exists()
    except DatabaseError:
        logger.warning("a file without a row may be left in the vault: %s", file.pk)
        return
    if not recorded:
        vault.remove(file.file.name)
