import logging
from dataclasses import replace
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import User
from audit.services import locked_chain, record
from common.jobs import enqueue
from evidence import vault
from evidence.errors import CannotReplace, SameContent
from evidence.intake import Accepted, inspect
from evidence.jobs import make_preview
from evidence.models import EvidenceFile
from evidence.photos import JPEG, sha256_of, without_place
from evidence.quota import require_room
from satker.models import Satker

logger = logging.getLogger(__name__)


def store(
    *,
    satker: Satker,
    upload: UploadedFile,
    by: User,
    has_room: bool = False,
    with_preview: bool = True,
) -> EvidenceFile:
    """Take an upload into the satker's vault: first the file, then its row.

    The same content under the same name is the file that is there already, so that an upload
    sent twice stays one; where its file has been lost, it is put back.

    Runs in a transaction of its own and never inside another: checking and writing 20 MB must
    not hold anybody's lock, and a row that is undone later would leave its file behind.

    A photograph loses the place where it was taken (`evidence.photos`); its hash is that of what
    is stored.

    has_room: the satker's quota has been asked already, when the upload was announced.
    with_preview: else the caller asks for it, once it has let go of what it holds.

    Raises FileRefused for what the upload policy or the quota does not take; RuntimeError inside a
    transaction. After a failure neither row nor file is left; after a crash at most a file,
    which `sweep_evidence` finds.
    """
    accepted = inspect(upload)
    if accepted.content_type != JPEG:
        return _store(satker, accepted, upload, by, has_room, with_preview)
    with without_place(upload) as clean:
        if clean is None:
            return _store(satker, accepted, upload, by, has_room, with_preview)
        cleaned = replace(accepted, sha256=sha256_of(clean))
        return _store(satker, cleaned, clean, by, has_room, with_preview, accepted.sha256)


def _store(
    satker: Satker,
    accepted: Accepted,
    upload: UploadedFile,
    by: User,
    has_room: bool,
    with_preview: bool,
    sent_sha256: str = "",
) -> EvidenceFile:
    stored = _find(satker, accepted)
    if stored is None:
        if not has_room:
            require_room(satker, accepted.size)
        stored = _store_new(satker, accepted, upload, by, has_room, sent_sha256)
        if with_preview:
            enqueue(make_preview, str(stored.pk))
        return stored
    if not vault.exists(stored.file.name):
        _write(stored, upload)
    return stored


def _find(satker: Satker, accepted: Accepted) -> EvidenceFile | None:
    return EvidenceFile.objects.filter(
        satker=satker, sha256=accepted.sha256, name=accepted.name
    ).first()


def _store_new(
    satker: Satker,
    accepted: Accepted,
    upload: UploadedFile,
    by: User,
    has_room: bool,
    sent_sha256: str,
) -> EvidenceFile:
    file = EvidenceFile(
        satker=satker,
        name=accepted.name,
        content_type=accepted.content_type,
        size=accepted.size,
        sha256=accepted.sha256,
        sent_sha256=sent_sha256,
        uploaded_by=by,
    )
    file.file = vault.place_of(file.pk)
    try:
        _write(file, upload)
        with transaction.atomic(durable=True):
            if not has_room:
                locked_chain(satker.audit_key)  # so that no two take the same room
                require_room(satker, accepted.size)
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


@transaction.atomic
def describe_file(
    *,
    file: EvidenceFile,
    title: str,
    kind: str,
    document_date: date | None,
    valid_until: date | None,
    by: User,
) -> EvidenceFile:
    """Say what a file is; recorded in the satker's chain. The same again changes nothing."""
    chain = locked_chain(file.satker.audit_key)
    stored = EvidenceFile.objects.select_for_update().get(pk=file.pk)
    before = _told(stored)
    stored.title, stored.kind = title, kind
    stored.document_date, stored.valid_until = document_date, valid_until
    after = _told(stored)
    if after != before:
        stored.save(update_fields=["title", "kind", "document_date", "valid_until"])
        record(
            chain=chain,
            action="bukti_diterangkan",
            subject=str(stored.pk),
            by=by,
            before=before,
            after=after,
        )
    return stored


@transaction.atomic
def replace_file(*, old: EvidenceFile, new: EvidenceFile, by: User) -> EvidenceFile:
    """Let a newer file stand for an older one, which stays; recorded in the satker's chain.

    The new one takes over what was said about the old one, the dates aside. A repeat changes
    nothing. Raises CannotReplace, SameContent; ValueError for a foreign file.
    """
    if old.satker_id != new.satker_id:
        raise ValueError("the files belong to two satker")
    chain = locked_chain(old.satker.audit_key)
    rows = EvidenceFile.objects.select_for_update().in_bulk([old.pk, new.pk])
    old, new = rows[old.pk], rows.get(new.pk, old)
    if new.replaces_id == old.pk:
        return new
    if new.sha256 == old.sha256:
        raise SameContent(new.name)
    # The newer one is always the later one, so that no file can come to replace itself.
    taken = EvidenceFile.objects.filter(replaces=old).exists()
    if new.replaces_id or taken or new.uploaded_at <= old.uploaded_at:
        raise CannotReplace(new.name)
    new.replaces = old
    new.title, new.kind = new.title or old.title, new.kind or old.kind
    new.save(update_fields=["replaces", "title", "kind"])
    record(
        chain=chain,
        action="bukti_diganti",
        subject=str(old.pk),
        by=by,
        before={"name": old.name, "sha256": old.sha256},
        after={"id": str(new.pk), "name": new.name, "sha256": new.sha256},
    )
    return new


def _told(file: EvidenceFile) -> dict[str, object]:
    """What a satker says about a file, as the audit trail tells it."""
    return {
        "name": file.name,
        "title": file.title,
        "kind": file.kind,
        "document_date": str(file.document_date or ""),
        "valid_until": str(file.valid_until or ""),
    }
