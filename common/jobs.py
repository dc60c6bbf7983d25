"""Work that no request should wait for: the one door to the job queue (decision 41)."""

from functools import partial

from django.db import transaction
from django_tasks.base import Task


def enqueue(job: Task, *args: str | int) -> None:
    """Runs a job after the present transaction is committed; never, if it is rolled back.

    With JOB_WORKER a worker takes it from the database, else it runs here and now. Its faults are
    logged and never reach the caller. A job whose worker dies is not run again: what it left undone
    must be found by something else, and a job must find out itself what there is still to do.
    args: what JSON can hold.
    """
    transaction.on_commit(partial(job.enqueue, *args), robust=True)
