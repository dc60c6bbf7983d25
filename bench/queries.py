"""How many queries a request takes, once a process is warm."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench.example import Draft

MOST = 10


def print_queries(draft: Draft) -> None:
    client = Client()
    client.force_login(User.objects.get(username=draft.username))
    question = draft.questions()[0]

    def save() -> HttpResponse:
        fields = {"value": question.values[question.turn % 2], "version": question.version}
        answer = client.post(
            question.path, fields | {"note": question.note}, headers={"X-Requested-With": "fetch"}
        )
        question.turn += 1
        question.version += 1
        return answer

    for name, ask in (
        ("simpan satu jawaban", save),
        ("halaman area", lambda: client.get(draft.area)),
    ):
        print(f"  {name}: {_count(ask)} kueri (batas {MOST})")


def _count(ask: Callable[[], HttpResponse]) -> int:
    """Queries of the second of two requests, those of session and sign-in included."""
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = ask()
        if answer.status_code != 200:
            raise RuntimeError(f"answered {answer.status_code}")
    # The transaction's own BEGIN and COMMIT are no queries.
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
               for query in queries.captured_queries)  # fmt: skip
