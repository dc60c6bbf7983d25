import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evidence.names import clean_name

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("SK Tim ZI.pdf", "SK Tim ZI.pdf"),
        ("C:\\fakepath\\SK.pdf", "SK.pdf"),
        ("../../etc/SK.pdf", "SK.pdf"),
        ("SK\0.pdf", "SK.pdf"),
        ("SK\r\nTim.pdf", "SK Tim.pdf"),
        ("  SK   Tim .pdf ", "SK Tim.pdf"),
        ("SK\u202efdp.exe", "SKfdp.exe"),
        ("SK\u200b\ufeff.pdf", "SK.pdf"),
        ("SK\ud800.pdf", "SK.pdf"),
        ("Re\u0301sume.pdf", "Résume.pdf"),
        ("SK.PDF", "SK.PDF"),
        ("SK.pdf.", "SK.pdf"),
        ("SK.pdf.exe", "SK.pdf.exe"),
        (".pdf", "berkas.pdf"),
        ("...pdf", "berkas.pdf"),
        ("", "berkas"),
        ("/", "berkas"),
        ("...", "berkas"),
        ("tanpa akhiran", "tanpa akhiran"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("a" * 195 + " b.pdf", "a" * 195 + ".pdf"),
        ("a" * 300, "a" * 200),
        ("x." + "b" * 300, "x." + "b" * 198),
        ("٢٠٢٦ 報告書.docx", "٢٠٢٦ 報告書.docx"),
    ],
)
def test_names_are_cleaned(raw, expected):
    assert clean_name(raw) == expected


@given(ANY_TEXT)
@example("a" * 198 + ". .pdf")
@example("a\u0300" * 200 + ".pdf")
def test_a_clean_name_is_safe_to_store_and_to_show(raw):
    name = clean_name(raw)

    assert 1 <= len(name) <= 200
    assert not {"/", "\\", "\0"} & set(name)
    assert not {"Cc", "Cf", "Cs"} & {unicodedata.category(character) for character in name}
    assert unicodedata.is_normalized("NFC", name)
    assert name == name.strip()
    assert name.encode("utf-8")


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(raw):
    assert clean_name(clean_name(raw)) == clean_name(raw)


@given(ANY_TEXT, st.sampled_from(["pdf", "JPG", "docx", "zip"]))
def test_the_extension_survives(stem, extension):
    assert clean_name(f"{stem}.{extension}").endswith(f".{extension}")
