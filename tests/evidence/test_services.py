import hashlib
import io
import stat
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import User
from evidence import vault
from evidence.errors import FileRefused
from evidence.models import EvidenceFile
from evidence.services import store
from satker.models import SatkerKind
from tests.evidence.samples import image, pdf, upload
from tests.factories import make_satker


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


class TestStore:
    def test_the_row_says_what_the_file_is(self, satker, operator):
        file = store(satker=satker, upload=upload("a/SK Tim.pdf", pdf()), by=operator)

        assert EvidenceFile.objects.values().get() == {
            "id": file.pk,
            "satker_id": satker.pk,
            "file": f"{file.pk.hex[:2]}/{file.pk.hex}",
            "name": "SK Tim.pdf",
            "content_type": "application/pdf",
            "size": len(pdf()),
            "sha256": hashlib.sha256(pdf()).hexdigest(),
            "uploaded_by_id": operator.pk,
            "uploaded_at": file.uploaded_at,
            "sent_sha256": "",
            "title": "",
            "kind": "",
            "document_date": None,
            "valid_until": None,
            "replaces_id": None,
        }
        assert file.extension == "PDF"
        assert str(file) == "SK Tim.pdf"

    def test_the_file_is_as_it_came(self, satker, operator):
        file = store(satker=satker, upload=upload("a.pdf", pdf()), by=operator)

        assert vault.path_of(file.file.name).read_bytes() == pdf()
        with file.file.open() as stream:
            assert stream.read() == pdf()

    def test_nobody_else_on_the_machine_can_read_it(self, satker, operator, vault_folder):
        file = store(satker=satker, upload=upload("a.pdf", pdf()), by=operator)

        path = vault.path_of(file.file.name)
        modes = [stat.S_IMODE(part.stat().st_mode) for part in (path, path.parent, vault_folder)]
        assert modes == [0o600, 0o700, 0o700]

    def test_the_same_upload_again_is_the_same_file(self, satker, operator, vault_folder):
        first = store(satker=satker, upload=upload("a.pdf", pdf()), by=operator)

        again = store(satker=satker, upload=upload("a.pdf", pdf()), by=operator)

        assert again == first
        assert len(files_in(vault_folder)) == 1

    def test_another_name_is_another_file(self, satker, operator, vault_folder):
        for name in ("a.pdf", "b.pdf"):
            store(satker=satker, upload=upload(name, pdf()), by=operator)

        assert EvidenceFile.objects.count() == len(files_in(vault_folder)) == 2

    def test_another_satker_s_is_another_file(self, satker, operator):
        other = make_satker("31", kind=SatkerKind.KANWIL, parent=satker)

        files = [
            store(satker=place, upload=upload("a.pdf", pdf()), by=operator)
            for place in (satker, other)
        ]

        assert files[0] != files[1]

    def test_a_lost_file_is_put_back(self, satker, operator, vault_folder):
        first = store(satker=satker, upload=upload("a.pdf", pdf()), by=operator)
        vault.remove(first.file.name)

        again = store(satker=satker, upload=upload("a.pdf", pdf()), by=operator)

        assert again == first
        assert vault.path_of(first.file.name).read_bytes() == pdf()

    def test_a_large_file_is_never_held_whole(self, satker, operator):
        with TemporaryUploadedFile("a.jpg", "image/jpeg", 0, None) as file:
            file.write(image("JPEG"))
            for _ in range(19):
                file.write(bytes(1024 * 1024))
            file.flush()
            file.size = file.tell()

            tracemalloc.start()
            stored = store(satker=satker, upload=file, by=operator)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()

        assert vault.path_of(stored.file.name).stat().st_size == stored.size
        assert stored.size > 19 * 1024 * 1024
        assert peak < 2 * 1024 * 1024


class TestFailure:
    def test_a_refused_file_leaves_nothing(self, satker, operator, vault_folder):
        with pytest.raises(FileRefused):
            store(satker=satker, upload=upload("a.pdf", b"<html>"), by=operator)

        assert EvidenceFile.objects.count() == 0
        assert files_in(vault_folder) == []

    def test_a_row_that_is_refused_takes_its_file_along(self, satker, vault_folder):
        stranger = User(username="siapa")

        with pytest.raises(ValueError, match="unsaved related object"):
            store(satker=satker, upload=upload("a.pdf", pdf()), by=stranger)

        assert files_in(vault_folder) == []

    def test_not_inside_another_transaction(self, satker, operator, vault_folder):
        """It could be undone later, and the file would stay."""
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            store(satker=satker, upload=upload("a.pdf", pdf()), by=operator)

        assert EvidenceFile.objects.count() == 0
        assert files_in(vault_folder) == []

    def test_a_disk_that_stops_half_way(self, satker, operator, vault_folder):
        class Stopping(SimpleUploadedFile):
            def chunks(self, chunk_size=None):
                yield self.read(10)
                if self.checked:
                    raise OSError("no space left on device")
                yield self.read()
                self.checked = True

            checked = False

        with pytest.raises(OSError, match="no space"):
            store(satker=satker, upload=Stopping("a.pdf", pdf(), ""), by=operator)

        assert EvidenceFile.objects.count() == 0
        assert files_in(vault_folder) == []

    def test_what_is_written_is_what_was_checked(self, satker, operator, vault_folder):
        class Changing(SimpleUploadedFile):
            def chunks(self, chunk_size=None):
                yield from super().chunks(chunk_size)
                self.file = io.BytesIO(image("PNG", (9, 9)))

        with pytest.raises(ValueError, match="changed after it was checked"):
            store(satker=satker, upload=Changing("a.png", image("PNG"), ""), by=operator)

        assert EvidenceFile.objects.count() == 0
        assert files_in(vault_folder) == []

    def test_the_same_upload_twice_at_once(self, satker, operator, vault_folder):
        first = []

        class Overtaken(SimpleUploadedFile):
            def chunks(self, chunk_size=None):
                if self.checked:
                    first.append(store(satker=satker, upload=upload("a.pdf", pdf()), by=operator))
                self.checked = True
                return super().chunks(chunk_size)

            checked = False

        second = store(satker=satker, upload=Overtaken("a.pdf", pdf(), ""), by=operator)

        assert [second] == first == list(EvidenceFile.objects.all())
        assert files_in(vault_folder) == [vault.path_of(second.file.name)]


class TestConstraints:
    def make(self, satker, operator, **values):
        return EvidenceFile(
            satker=satker,
            uploaded_by=operator,
            **{"name": "a.pdf", "size": 1, "sha256": "0" * 64} | values,
        )

    def test_one_row_for_a_name_and_content(self, satker, operator):
        self.make(satker, operator).save(force_insert=True)

        with pytest.raises(IntegrityError, match=r"evidence_once_a_satker|evidence_evidencefile"):
            self.make(satker, operator).save(force_insert=True)

    def test_no_empty_file(self, satker, operator):
        with pytest.raises(IntegrityError, match="evidence_not_empty"):
            self.make(satker, operator, size=0).save(force_insert=True)
