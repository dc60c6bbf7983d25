"""The door to the job queue: after the commit, never after a roll-back, faults kept away."""

import logging

import pytest
from django.db import transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from common.jobs import enqueue

pytestmark = pytest.mark.django_db

QUEUED = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

done: list[str] = []


@task()
def note_down(word: str) -> None:
    done.append(word)


@task()
def fail() -> None:
    raise ValueError("gagal")


@pytest.fixture(autouse=True)
def _nothing_done():
    done.clear()


def test_a_job_runs_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(note_down, "satu")
        assert done == []
    assert done == ["satu"]


def test_a_job_of_a_transaction_that_is_rolled_back_never_runs(django_capture_on_commit_callbacks):
    def act():
        with transaction.atomic():
            enqueue(note_down, "dua")
            raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        act()
    assert done == []


def test_a_fault_of_a_job_is_logged_and_reaches_nobody(django_capture_on_commit_callbacks, caplog):
    with caplog.at_level(logging.ERROR), django_capture_on_commit_callbacks(execute=True):
        enqueue(fail)
        enqueue(note_down, "sesudahnya")
    assert done == ["sesudahnya"]
    assert "ValueError" in caplog.text


def test_with_a_worker_a_job_is_a_row(django_capture_on_commit_callbacks, settings):
    settings.TASKS = QUEUED
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(note_down, "tiga")
    assert done == []
    row = DBTaskResult.objects.get()
    assert row.args_kwargs == {"args": ["tiga"], "kwargs": {}}
    assert row.task_path == "tests.common.test_jobs.note_down"
