"""Processor time of what is computed and not asked for over and over: reports, scoring."""

import os
import time
from collections.abc import Callable

from django.db.models import Count
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from assessments.enums import Status, Tier
from assessments.models import Assessment
from assessments.worksheet import load_entries, load_worksheet
from reports.document import build_report
from reports.excel import render_workbook
from reports.pdf import render_pdf

EVALUATIONS = 200
STEPS = 100
TRIED = 10  # answers that a step of the simulation changes


def print_processor_times() -> None:
    """Of a full sheet, judged and approved, with a note or evidence on nearly every answer."""
    rows = Assessment.objects.filter(status=Status.APPROVED).annotate(answered=Count("answers"))
    assessment = rows.order_by("-answered", "satker__path")[0]
    for name, limit, render in (
        ("PDF LKE lengkap", "2", lambda: render_pdf(build_report(assessment))),
        ("Excel LKE lengkap", "0,3", lambda: render_workbook(build_report(assessment))),
    ):
        first, size = _time_of(render)
        again = min(_time_of(render)[0] for _ in range(3))
        print(
            f"  {name}: {again:.2f} s prosesor (batas {limit}), {size / 1000:.0f} kB; "
            f"yang pertama dalam satu proses {first:.2f} s"
        )
    worksheet = load_worksheet(assessment.instrument_id)
    entries = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    started = time.process_time()
    for _ in range(EVALUATIONS):
        worksheet.evaluate(entries)
    each = (time.process_time() - started) / EVALUATIONS
    print(f"  nilai satu lembar penuh: {1000 * each:.2f} ms prosesor")
    print(f"  satu langkah simulasi: {1000 * _time_of_step(assessment):.1f} ms prosesor (batas 10)")


def _time_of(render: Callable[[], bytes]) -> tuple[float, int]:
    """Seconds of processor time, processes started for it included, and bytes made."""
    before = os.times()
    content = render()
    after = os.times()
    return sum(after[:4]) - sum(before[:4]), len(content)


def _time_of_step(assessment: Assessment) -> float:
    """Seconds of processor time of one request, middleware and database included."""
    client = Client()
    client.force_login(User.objects.get(role=Role.OPERATOR, satker_id=assessment.satker_id))
    address = reverse("assessments:simulation_step", args=[assessment.pk])
    questions = load_worksheet(assessment.instrument_id).questions
    chosen = [each for each in questions if each.options][:TRIED]
    steps = [{each.code: each.options[turn].key for each in chosen} for turn in (0, 1)]
    for fields in steps:
        if client.post(address, fields).status_code != 200:
            raise RuntimeError("a step of the simulation was refused")
    started = time.process_time()
    for turn in range(STEPS):
        client.post(address, steps[turn % 2])
    return (time.process_time() - started) / STEPS
