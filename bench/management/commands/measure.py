import os
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.urls import reverse

from bench.example import PASSWORD, Draft, make_example
from bench.load import Visitor, run
from bench.models import BareRow
from bench.processor_time import print_processor_times
from bench.processors import time_of_children
from bench.queries import print_queries
from bench.report import Run, print_pair
from bench.visitors import Repeats, Saves, Session, sign_in
from tests.server import Server

WARM_UP = 0.7  # seconds

Visitors = Callable[[], Sequence[Visitor]]


class Command(BaseCommand):
    help = "Ukur satu basis data kosong; dipanggil oleh python -m bench."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--rounds", type=int, required=True)
        parser.add_argument("--seconds", type=float, required=True)
        parser.add_argument("--processor", action="store_true")

    def handle(self, **options: Any) -> None:
        print(f"\n== {options['name']} ==", flush=True)
        drafts = make_example()
        server = Server(Path(os.environ["VAR_DIR"]), database_url=os.environ["DATABASE_URL"])
        server.start()
        try:
            # After the start, which collects the static files that pages name.
            print_queries(drafts[0])
            sessions = [sign_in(server.url, draft.username, PASSWORD) for draft in drafts]
            Meter(server, options["seconds"], options["rounds"]).measure(drafts, sessions)
        finally:
            server.stop()
        if options["processor"]:
            print_processor_times()


class Meter:
    """Runs of both sides in turns, against one server."""

    def __init__(self, server: Server, seconds: float, rounds: int) -> None:
        self.server = server
        self.seconds = seconds
        self.rounds = rounds

    def measure(self, drafts: list[Draft], sessions: list[Session]) -> None:
        people = list(zip(drafts, sessions, strict=True))

        def bare_save() -> list[Visitor]:
            return [
                Repeats(
                    [
                        session.post(reverse("bare_save", args=[row, group]), {"value": value})
                        for row, value in zip(_rows_of(group), "AB" * 5, strict=True)
                    ],
                    holding=b"130",
                )
                for group, session in enumerate(sessions)
            ]

        def bare_area() -> list[Visitor]:
            path = reverse("bare_area")
            return [Repeats([each.get(path)], holding=b"q22-note") for each in sessions]

        def area() -> list[Visitor]:
            return [
                Repeats([session.get(draft.area)], holding=b"A.II.5.iii.2.a")
                for draft, session in people
            ]

        def save() -> list[Visitor]:
            return [Saves(session, draft.questions()) for draft, session in people]

        self._compare("simpan satu jawaban", bare_save, save, limit="0.4")
        self._compare("halaman area, 22 pertanyaan", bare_area, area, limit="1.0")

    def _compare(self, name: str, bare: Visitors, ours: Visitors, *, limit: str) -> None:
        for make in (bare, ours):
            self._run(make, WARM_UP)
        pairs = [
            (self._run(bare, self.seconds), self._run(ours, self.seconds))
            for _ in range(self.rounds)
        ]
        print_pair(
            name, bare=[pair[0] for pair in pairs], ours=[pair[1] for pair in pairs], limit=limit
        )

    def _run(self, make: Visitors, seconds: float) -> Run:
        visitors = make()
        # The clients' processes must not share it.
        connection.close()
        server = self.server.process.pid
        before = time_of_children(server)
        result = run(visitors, port=self.server.port, seconds=seconds)
        return Run(result, time_of_children(server) - before)


def _rows_of(group: int) -> list[int]:
    rows = BareRow.objects.filter(group=group).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:10])
