"""``export_instrument``: a stored version as our own file, which comes back unchanged."""

import io
import json
from copy import deepcopy

import pytest
from django.core.management import CommandError, call_command

from assessments.instrument_file import canonical
from assessments.models import Instrument
from tests.assessments.test_question_master import build_master, to_json
from tests.factories_assessments import shipped_instrument
from tests.scoring.instruments import CODES, content

pytestmark = pytest.mark.django_db


def export(named: str, *options: str) -> str:
    out = io.StringIO()
    call_command("export_instrument", named, *options, stdout=out)
    return out.getvalue()


def import_again(text: str, tmp_path) -> list[str]:
    path = tmp_path / "ekspor.json"
    path.write_text(text, encoding="utf-8")
    out = io.StringIO()
    call_command("import_instrument", str(path), stdout=out)
    return out.getvalue().splitlines()


def import_version(number: int, tmp_path) -> None:
    new = deepcopy(content("lke-2021")) | {"version": number, "title": f"Judul {number}"}
    import_again(json.dumps(new), tmp_path)


@pytest.mark.parametrize("code", CODES)
def test_a_shipped_version_comes_back_unchanged(code, tmp_path):
    text = export(code)

    assert json.loads(text) == canonical(content(code))
    assert import_again(text, tmp_path) == [
        f"{code} versi 1: tidak berubah.",
        "0 perbedaan dari versi 1.",
    ]
    assert Instrument.objects.count() == len(CODES)


@pytest.mark.parametrize("code", CODES)
def test_the_bytes_stay_the_same(code, tmp_path):
    first = export(code)
    path = tmp_path / "lagi.json"

    said = export(f"{code}:1", "--output", str(path))

    assert path.read_bytes() == first.encode()
    assert said == f"{code} versi 1 ditulis ke {path}.\n"
    assert first.endswith("}\n")
    assert "\\u" not in first


def test_what_is_imported_into_an_empty_place_exports_the_same_bytes(tmp_path):
    text = export("lke-2014")
    shipped_instrument("lke-2014").delete()

    import_again(text, tmp_path)

    assert export("lke-2014") == text


def test_a_version_with_official_words_comes_back_unchanged(tmp_path):
    path = tmp_path / "master.json"
    path.write_bytes(to_json(build_master()))
    call_command("import_instrument", str(path), stdout=io.StringIO())

    text = export("lke-2021:2")

    assert json.loads(text)["version"] == 2
    assert text != export("lke-2021:1")
    assert import_again(text, tmp_path)[0] == "lke-2021 versi 2: tidak berubah."


def test_a_code_alone_means_its_latest_published_version(tmp_path):
    import_version(2, tmp_path)
    import_version(3, tmp_path)
    Instrument.objects.filter(version=3).update(published_at=None)

    assert json.loads(export("lke-2021"))["version"] == 2
    assert json.loads(export("lke-2021:3"))["version"] == 3


@pytest.mark.parametrize(
    "named",
    [
        *("", "lke", "a\0b", "lke-2021:", "lke-2021:9", "lke-2021:x", "lke-2021:-1", "lke-2021:²"),
        "lke-2021:" + "9" * 400,
    ],
)
def test_what_is_not_there_is_named(named):
    with pytest.raises(CommandError) as caught:
        export(named)

    assert str(caught.value) == (
        f"Instrumen {named[:40]!a} tidak ada. Yang tersimpan: lke-2014:1, lke-2021:1."
    )


def test_a_place_that_cannot_be_written(tmp_path):
    for place in (str(tmp_path), str(tmp_path / "tidak" / "ada.json"), "a\0b"):
        with pytest.raises(CommandError, match="tidak dapat ditulis"):
            export("lke-2021", "--output", place)
