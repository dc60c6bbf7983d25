"""Uploads in chunks: every byte in its place, once, and the same checks at the end."""

import hashlib
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks.signals import task_started

from evidence import parts, preview_store, previews, vault
from evidence.errors import FileRefused, Reason, WrongOffset
from evidence.models import EvidenceFile, Upload
from evidence.quota import usage_of
from evidence.resumable import (
    UNFINISHED_PER_PERSON,
    append_chunk,
    arrived,
    finish_upload,
    open_upload,
)
from evidence.services import store
from tests.evidence.samples import pdf, upload
from tests.factories import make_user

CONTENT = pdf(trailer=b"/A 1")


@pytest.fixture
def announce(satker, operator):
    """``announce()``: an upload of CONTENT; keywords change what is said of it."""

    def announced(**said):
        content = {"name": "SK.pdf", "content_type": "", "size": len(CONTENT), "sha256": ""}
        return open_upload(**{"satker": satker, "by": operator} | content | said)

    return announced


def send(upload, *, start=0, end=None, content=CONTENT):
    return append_chunk(upload=upload, offset=start, chunk=content[start:end])


def sha256(content=CONTENT):
    return hashlib.sha256(content).hexdigest()


class TestAppending:
    def test_chunk_after_chunk(self, announce):
        way = announce()

        lengths = [send(way, start=at, end=at + 100) for at in range(0, len(CONTENT), 100)]

        assert lengths[:2] == [100, 200]
        assert arrived(way) == lengths[-1] == len(CONTENT)
        assert parts.path_of(way.pk).read_bytes() == CONTENT

    def test_a_repeat_changes_nothing(self, announce):
        way = announce()
        send(way, end=200)

        assert send(way, end=100) == 200
        assert send(way, end=200) == 200
        assert arrived(way) == 200

    def test_what_was_cut_off_within_a_chunk_is_completed(self, announce):
        way = announce()
        send(way, end=60)

        assert send(way, end=200) == 200
        assert parts.path_of(way.pk).read_bytes() == CONTENT[:200]

    def test_a_gap(self, announce):
        way = announce()
        send(way, end=100)

        with pytest.raises(WrongOffset) as refusal:
            send(way, start=101)

        assert refusal.value.length == arrived(way) == 100

    def test_other_bytes_in_the_same_place(self, announce):
        way = announce()
        send(way, end=100)

        with pytest.raises(WrongOffset):
            append_chunk(upload=way, offset=50, chunk=b"x" * 100)

        assert parts.path_of(way.pk).read_bytes() == CONTENT[:100]

    def test_more_than_was_announced(self, announce):
        way = announce()

        with pytest.raises(FileRefused):
            append_chunk(upload=way, offset=1, chunk=CONTENT)

        assert arrived(way) == 0

    def test_nobody_waits_for_another_writer(self, announce):
        way = announce()
        send(way, end=100)

        with parts.opened(way.pk), pytest.raises(WrongOffset) as refusal:
            send(way, start=100)

        assert refusal.value.length == 100


class TestFinishing:
    def test_stored_like_any_upload(self, announce, satker, operator):
        way = announce(sha256=sha256())
        send(way)

        file = finish_upload(upload=way, by=operator)

        stored = EvidenceFile.objects.get()
        assert file == stored
        assert (stored.name, stored.size, stored.sha256, stored.uploaded_by, stored.satker) == (
            "SK.pdf",
            len(CONTENT),
            sha256(),
            operator,
            satker,
        )
        assert vault.path_of(stored.file.name).read_bytes() == CONTENT
        assert not parts.path_of(way.pk).exists()

    def test_its_preview_is_made_when_nobody_waits_for_the_part(
        self, announce, operator, monkeypatch
    ):
        # As outside the transaction of a test: at once.
        monkeypatch.setattr(transaction, "on_commit", lambda job, **_: job())
        way = announce()
        send(way)
        jobs = []

        def hold(**_):
            with parts.opened(way.pk):
                jobs.append(way.pk)

        task_started.connect(hold)
        try:
            file = finish_upload(upload=way, by=operator)
        finally:
            task_started.disconnect(hold)

        assert jobs == [way.pk]
        assert preview_store.is_prepared(previews.key_of(file))

    def test_twice(self, announce, operator):
        way = announce()
        send(way)
        first = finish_upload(upload=way, by=operator)

        again = finish_upload(upload=Upload.objects.get(), by=operator)

        assert first == again
        assert send(Upload.objects.get()) == len(CONTENT)
        assert EvidenceFile.objects.count() == 1

    def test_before_all_is_there(self, announce, operator):
        way = announce()
        send(way, end=100)

        with pytest.raises(WrongOffset) as refusal:
            finish_upload(upload=way, by=operator)

        assert refusal.value.length == 100
        assert not EvidenceFile.objects.exists()

    @pytest.mark.parametrize(
        ("said", "content", "reason"),
        [
            ({"sha256": "0" * 64}, CONTENT, Reason.CHANGED),
            ({}, b"<html>".ljust(len(CONTENT)), Reason.WEB_PAGE),
        ],
    )
    def test_refused_leaves_nothing(self, announce, operator, said, content, reason):
        way = announce(**said)
        send(way, content=content)

        with pytest.raises(FileRefused) as refusal:
            finish_upload(upload=way, by=operator)

        assert refusal.value.reason is reason
        assert not Upload.objects.exists()
        assert not EvidenceFile.objects.exists()
        assert not parts.path_of(way.pk).exists()


class TestAnnouncing:
    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ({"name": "a.exe"}, Reason.PROGRAM),
            ({"name": "a.xlsm"}, Reason.MACRO),
            ({"content_type": "text/html"}, Reason.DECLARED_OTHERWISE),
            ({"size": 0}, Reason.EMPTY),
            ({"size": 20 * 1024 * 1024 + 1}, Reason.TOO_LARGE),
        ],
    )
    def test_refused_before_anything_is_sent(self, announce, said, reason):
        with pytest.raises(FileRefused) as refusal:
            announce(**said)

        assert refusal.value.reason is reason
        assert not Upload.objects.exists()

    def test_the_same_content_is_there_already(self, announce, satker, operator):
        file = store(satker=satker, upload=upload("Lain.pdf", CONTENT), by=operator)

        assert announce(sha256=sha256()) == file
        assert not Upload.objects.exists()

    def test_not_where_the_file_was_lost(self, announce, satker, operator):
        file = store(satker=satker, upload=upload("SK.pdf", CONTENT), by=operator)
        vault.remove(file.file.name)
        way = announce(sha256=sha256())
        send(way)

        assert finish_upload(upload=way, by=operator) == file
        assert vault.exists(file.file.name)

    def test_goes_on_where_it_was_cut_off(self, announce):
        way = announce(sha256=sha256())
        send(way, end=100)

        again = announce(sha256=sha256())

        assert again == way
        assert arrived(again) == 100

    def test_without_a_hash_each_is_its_own(self, announce):
        assert announce() != announce()

    def test_a_colleague_begins_anew(self, announce, satker):
        way = announce(sha256=sha256())

        assert announce(sha256=sha256(), by=make_user(satker)) != way

    def test_expired_ones_are_gone(self, announce):
        old = announce(sha256=sha256())
        send(old, end=100)
        Upload.objects.update(opened_at=timezone.now() - timedelta(hours=25))

        new = announce(sha256=sha256())

        assert list(Upload.objects.all()) == [new]
        assert not parts.path_of(old.pk).exists()

    def test_the_oldest_gives_way(self, announce):
        ways = [announce() for _ in range(UNFINISHED_PER_PERSON + 1)]

        assert set(Upload.objects.all()) == set(ways[1:])


class TestQuota:
    def test_counts_what_is_stored_and_on_its_way(self, announce, satker, operator, settings):
        settings.EVIDENCE_QUOTA = 10_000
        store(satker=satker, upload=upload("a.pdf", pdf()), by=operator)
        announce()

        usage = usage_of(satker)

        assert (usage.used, usage.left) == (len(pdf() + CONTENT), 10_000 - len(pdf() + CONTENT))

    def test_full(self, announce, satker, operator, settings):
        settings.EVIDENCE_QUOTA = len(CONTENT)
        way = announce()

        for more in (
            announce,
            lambda: store(satker=satker, upload=upload("a.pdf", pdf()), by=operator),
        ):
            with pytest.raises(FileRefused) as refusal:
                more()
            assert refusal.value.reason is Reason.NO_ROOM
        send(way)
        assert finish_upload(upload=way, by=operator).size == len(CONTENT)

    def test_the_same_file_again_needs_no_room(self, satker, operator, settings):
        settings.EVIDENCE_QUOTA = len(CONTENT)
        first = store(satker=satker, upload=upload("a.pdf", CONTENT), by=operator)

        assert store(satker=satker, upload=upload("a.pdf", CONTENT), by=operator) == first
