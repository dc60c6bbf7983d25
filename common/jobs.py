"""Work that no request should wait for: the one door to the job queue (decision 41)."""

from functools import partial

from django.db import transaction
from django_tasks.base import Task


def enqueue(job: Task, *args: str | int) -> None:
    """Runs a job after the present transaction is committed; never, if it is rolled back.

    With JOB_WORKER a worker takes it from the database, else it runs here and now. Its faults are
    logged and never reach the caller, and a worker that dies may run it twice: a job must be
    safe to repeat, and find out itself what there is to do. args: what JSON can hold.
    """
    transaction.on_commit(partial(job.enqueue, *args), robust=True)
