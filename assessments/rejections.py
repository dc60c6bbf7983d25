"""Reasons for rejection: what to do about each, and the most frequent ones of a question, counted
over all satker and naming none (decision 46)."""

import time
from collections.abc import Mapping
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assessments.enums import RejectionReason
from assessments.models import RejectionCount

MOST_SHOWN = 3
_AN_HOUR = 3600  # seconds; the counts change once a night

ADVICE: Mapping[str, str] = {
    RejectionReason.WRONG_DOCUMENT: "Lampirkan dokumen yang diminta pertanyaan ini.",
    RejectionReason.DRAFT_FILE: "Lampirkan naskah yang sudah ditetapkan, bukan rancangannya.",
    RejectionReason.UNSIGNED: "Lengkapi nomor, tanggal, dan pengesahan pejabat yang berwenang.",
    RejectionReason.OUT_OF_PERIOD: "Lampirkan dokumen tahun penilaian, atau yang masih berlaku.",
    RejectionReason.INCOMPLETE_SET: "Tambahkan berkas pasangannya, tanpa melepas yang ada.",
    RejectionReason.UNREADABLE: "Pindai ulang, lalu pastikan berkas dapat dibuka dan dibaca.",
    RejectionReason.LINK_BROKEN: "Unggah berkasnya; tautan tidak cukup sebagai bukti.",
    RejectionReason.CLAIM_ABOVE_EVIDENCE: "Tambah bukti, atau pilih yang didukung bukti.",
    RejectionReason.DATE_MISMATCH: "Samakan tanggalnya, atau jelaskan bedanya di catatan.",
    RejectionReason.NO_FOLLOW_UP: "Tunjukkan tindak lanjut setiap rekomendasi.",
    RejectionReason.FREQUENCY_SHORT: "Lengkapi laporan yang kurang, atau sesuaikan jawaban.",
    RejectionReason.SCOPE_SHORT: "Lengkapi bagian yang belum tercakup, atau sesuaikan jawaban.",
    RejectionReason.NUMBER_MISMATCH: "Samakan angka isian dengan dokumen sumbernya.",
    RejectionReason.NO_IMPACT: "Tunjukkan keadaan sebelum dan sesudah perubahan.",
    RejectionReason.OTHER_UNIT: "Tunjukkan penerapannya di satker sendiri.",
    RejectionReason.EXPLANATION_MISSING: "Tulis apa yang dilakukan, kapan, dan oleh siapa.",
    RejectionReason.PAGE_UNMARKED: "Sebut halamannya, atau lampirkan bagian yang berkaitan saja.",
    RejectionReason.PERSONAL_DATA: "Tutup data pribadinya, lalu unggah ulang.",
    RejectionReason.SURVEY_INVALID: "Lampirkan survei yang responden dan indeksnya sah.",
    RejectionReason.INSTRUMENT_CHANGED: "Baca pertanyaan yang baru, lalu sesuaikan isiannya.",
}


def reason_words(reason: str) -> str:
    """The label and what to do: "Masih konsep. Lampirkan naskah …"; "" for none."""
    if reason not in ADVICE:
        return ""
    return f"{RejectionReason(reason).label}. {ADVICE[reason]}"


def frequent_reasons(instrument_code: str) -> Mapping[str, SafeString]:
    """HTML of the most frequent reasons, by question code. One query an hour in a process."""
    return _frequent(instrument_code, int(time.time() // _AN_HOUR))


@lru_cache(maxsize=16)
def _frequent(instrument_code: str, _hour: int) -> Mapping[str, SafeString]:
    found: dict[str, list[RejectionCount]] = {}
    rows = RejectionCount.objects.filter(instrument_code=instrument_code)
    for row in rows.order_by("question_code", "-satker", "reason"):
        found.setdefault(row.question_code, []).append(row)
    return {code: _html(counts[:MOST_SHOWN]) for code, counts in found.items()}


def _html(counts: list[RejectionCount]) -> SafeString:
    first, last = counts[0].first_year, counts[0].last_year
    years = str(last) if first == last else f"{first}\N{EN DASH}{last}"
    lines = ((row.get_reason_display(), row.satker) for row in counts)
    return format_html(
        "<p><b>Alasan penolakan tersering, {}</b></p><ul>{}</ul>",
        years,
        format_html_join("", "<li>{} ({} satker)</li>", lines),
    )
