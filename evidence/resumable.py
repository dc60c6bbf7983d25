"""Uploads in chunks (decision 40): announce, append, finish; what is given up expires."""

import hashlib
from datetime import datetime
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.services import locked_chain
from common.jobs import enqueue
from evidence import parts, vault
from evidence.errors import FileRefused, Reason, WrongOffset
from evidence.intake import announced
from evidence.jobs import make_preview
from evidence.models import EvidenceFile, Upload
from evidence.quota import require_room
from evidence.services import store
from satker.models import Satker

UNFINISHED_PER_PERSON = 20
"""Beyond it the oldest gives way: a page that was closed leaves its uploads behind."""


def open_upload(
    *, satker: Satker, name: str, content_type: str, size: int, sha256: str, by: User
) -> Upload | EvidenceFile:
    """Announce a file. The file itself where the satker has this content already.

    sha256: 64 hexadecimal digits, or "" where the browser computes none. With it, an upload of
    the same content that was cut off earlier is the one to go on with.

    Raises FileRefused for what the policy rules out before the content is there, and for
    want of room.
    """
    clean = announced(name, content_type, size)[0]
    if sha256:
        if file := _stored(satker, sha256):
            return file
        own = Upload.objects.filter(satker=satker, opened_by=by, sha256=sha256, name=clean)
        if upload := own.current().unfinished().filter(size=size).last():
            return upload
    for old in (
        Upload.objects.filter(satker=satker).unfinished().exclude(pk__in=Upload.objects.current())
    ):
        cancel_upload(upload=old)
    with transaction.atomic():
        locked_chain(satker.audit_key)  # so that no two take the same room
        require_room(satker, size)
        new = Upload.objects.create(
            satker=satker,
            name=clean,
            content_type=content_type,
            size=size,
            sha256=sha256,
            opened_by=by,
        )
    mine = Upload.objects.filter(opened_by=by).unfinished().order_by("-opened_at", "-id")
    for oldest in mine.exclude(pk=new.pk)[UNFINISHED_PER_PERSON - 1 :]:
        cancel_upload(upload=oldest)
    return new


def append_chunk(*, upload: Upload, offset: int, chunk: bytes) -> int:
    """Put a chunk in its place; returns how many bytes have arrived. A repeat changes nothing.

    Raises WrongOffset; FileRefused for more than was announced.
    """
    if offset + len(chunk) > upload.size:
        raise FileRefused(
            Reason.CHANGED, "isi berkas tidak sesuai dengan ukurannya. Unggah lagi dari awal."
        )
    if upload.file_id:
        return upload.size
    return parts.append(upload.pk, offset=offset, chunk=chunk)


def arrived(upload: Upload) -> int:
    """How many bytes of it have arrived."""
    return upload.size if upload.file_id else parts.length_of(upload.pk)


def finish_upload(*, upload: Upload, by: User) -> EvidenceFile:
    """Check the whole file and store it, as an upload in one request is. A repeat gives the same.

    Not inside a transaction, see `services.store`.

    Raises WrongOffset where something is missing or somebody else is at it; FileRefused, and
    the upload is gone then: what was refused once is refused again.
    """
    if upload.file_id:
        return upload.file
    with parts.opened(upload.pk) as part:
        length = part.seek(0, 2)
        if length != upload.size:
            raise WrongOffset(length)
        try:
            file = _store_checked(upload, part, by)
        except FileRefused:
            cancel_upload(upload=upload)
            raise
        Upload.objects.filter(pk=upload.pk).update(file=file)
    parts.remove(upload.pk)
    enqueue(make_preview, str(file.pk))  # not while the part is held: it takes seconds
    return file


def cancel_upload(*, upload: Upload) -> None:
    """The row first: a part without a row is found by `sweep_evidence`."""
    Upload.objects.filter(pk=upload.pk).delete()
    parts.remove(upload.pk)


def sweep_uploads(*, before: datetime, remove: bool) -> int:
    """How many uploads were opened before that moment, finished ones aside, and parts without a
    row; they, and the rows of finished ones, are removed where asked."""
    old = Upload.objects.filter(opened_at__lt=before)
    unfinished = list(old.unfinished())
    known = set(Upload.objects.values_list("pk", flat=True))
    loose = [part for part in parts.parts_before(before) if part not in known]
    if remove:
        for upload in unfinished:
            cancel_upload(upload=upload)
        old.exclude(file=None).delete()
        for part in loose:
            parts.remove(part)
    return len(unfinished) + len(loose)


def _store_checked(upload: Upload, part: BinaryIO, by: User) -> EvidenceFile:
    if upload.sha256:
        part.seek(0)
        if hashlib.file_digest(part, "sha256").hexdigest() != upload.sha256:
            raise FileRefused(
                Reason.CHANGED, "isi berkas berubah di perjalanan. Unggah lagi dari awal."
            )
    with parts.path_of(upload.pk).open("rb") as content:
        whole = UploadedFile(content, upload.name, upload.content_type, upload.size)
        return store(satker=upload.satker, upload=whole, by=by, has_room=True, with_preview=False)


def _stored(satker: Satker, sha256: str) -> EvidenceFile | None:
    """The satker's file of that content, where it can still be read."""
    same = Q(sha256=sha256) | Q(sent_sha256=sha256)
    for file in EvidenceFile.objects.filter(same, satker=satker).order_by("-uploaded_at"):
        if vault.exists(file.file.name):
            return file
    return None
