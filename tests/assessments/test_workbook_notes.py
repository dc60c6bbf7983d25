"""Notes, documents and links of a workbook: what becomes part of the note, and what does not."""

from uuid import uuid4

from assessments.workbook_notes import Attached, NoteLine, compose_note

FILE = str(uuid4())
ATTACHED = Attached({FILE: "SK  Tim.pdf"})


def composed(*lines, attached=ATTACHED):
    return compose_note([NoteLine(*line) for line in lines], attached)


def test_nothing():
    assert composed() is None


def test_everything_of_a_row():
    assert composed(("note", "Ada"), ("documents", "Laporan.pdf"), ("link", "https://a.go.id")) == (
        "Ada\nDokumen: Laporan.pdf\nTautan: https://a.go.id"
    )


def test_what_is_attached_is_left_out():
    assert composed(("documents", "SK Tim.pdf")) is None
    assert composed(("link", f"https://pmpzi.example/bukti/{FILE}/")) is None
    assert composed(("note", "Ada"), ("documents", "SK  Tim.pdf\nLaporan.pdf")) == (
        "Ada\nDokumen: Laporan.pdf"
    )


def test_what_is_attached_elsewhere_is_kept():
    link = f"https://pmpzi.example/bukti/{uuid4()}/"

    assert composed(("link", link)) == f"Tautan: {link}"
    assert composed(("documents", "SK Tim.pdf"), attached=Attached()) == "Dokumen: SK Tim.pdf"


def test_a_note_is_kept_whatever_it_says():
    assert composed(("note", "SK  Tim.pdf")) == "SK  Tim.pdf"
