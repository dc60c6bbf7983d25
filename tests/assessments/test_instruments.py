"""Taking instruments in: the same rows from the same file, and nothing that is used changes."""

import io
import json
from copy import deepcopy

import pytest
from django.core.management import call_command

from assessments.errors import InstrumentRefused
from assessments.instrument_file import canonical, export_instrument
from assessments.models import Floor, Guidance, Instrument, Node, Option, Period, Question
from assessments.services.instruments import (
    Outcome,
    content_digest,
    is_in_use,
    load_instrument,
)
from assessments.worksheet import load_worksheet
from tests.factories_assessments import (
    FIXTURES,
    make_assessment,
    make_period,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

CODES = ["lke-2014", "lke-2021"]
MODELS = (Instrument, Node, Question, Option, Guidance, Floor)


def file(code="lke-2021"):
    return json.loads((FIXTURES / f"{code}.json").read_text("utf-8"))


def a_copy(version=2):
    return file() | {"version": version}


def first_question(content):
    node = content["nodes"][0]
    while not node.get("questions"):
        node = node["children"][0]
    return node["questions"][0]


def count_rows():
    return [model.objects.count() for model in MODELS]


@pytest.mark.parametrize("code", CODES)
class TestShipped:
    def test_rows_say_what_the_file_says(self, code):
        assert export_instrument(shipped_instrument(code)) == canonical(file(code))

    def test_digest_is_of_the_content(self, code):
        assert shipped_instrument(code).digest == content_digest(canonical(file(code)))

    def test_again_changes_nothing(self, code):
        stored, rows = shipped_instrument(code), count_rows()

        loaded = load_instrument(file(code))

        assert (loaded.instrument, loaded.outcome) == (stored, Outcome.UNCHANGED)
        assert count_rows() == rows
        assert shipped_instrument(code).published_at == stored.published_at

    def test_nor_in_use(self, code):
        make_period(instrument=shipped_instrument(code))

        assert load_instrument(file(code)).outcome == Outcome.UNCHANGED


def test_the_command_may_be_repeated():
    rows = count_rows()
    out = io.StringIO()

    call_command("load_instruments", stdout=out)

    assert out.getvalue().splitlines() == ["lke-2014: tidak berubah", "lke-2021: tidak berubah"]
    assert count_rows() == rows


class TestAnotherContent:
    def test_a_new_version_stands_beside_the_old(self):
        new = a_copy()
        first_question(new)["text"] = "Sudahkah tim dibentuk?"

        loaded = load_instrument(new)

        assert loaded.outcome == Outcome.ADDED
        assert export_instrument(loaded.instrument) == canonical(new)
        assert load_worksheet(loaded.instrument.pk).questions[0].text == "Sudahkah tim dibentuk?"
        assert export_instrument(shipped_instrument()) == canonical(file())

    def test_an_unused_version_is_replaced(self):
        first = load_instrument(a_copy()).instrument
        before = load_worksheet(first.pk)
        new = a_copy()
        first_question(new)["text"] = "Sudahkah tim dibentuk?"

        loaded = load_instrument(new)

        assert loaded.outcome == Outcome.REPLACED
        assert not Instrument.objects.filter(pk=first.pk).exists()
        after = load_worksheet(loaded.instrument.pk)
        assert (before.questions[0].text, after.questions[0].text) == (
            first_question(file())["text"],
            "Sudahkah tim dibentuk?",
        )

    @pytest.mark.parametrize("user", ["period", "assessment"])
    def test_a_version_in_use_is_refused(self, user):
        instrument = shipped_instrument()
        if user == "period":
            make_period(instrument=instrument)
        else:
            assessment = make_assessment()
            Period.objects.filter(pk=assessment.period_id).update(
                instrument=shipped_instrument("lke-2014")
            )
        new = a_copy(version=1)
        first_question(new)["text"] = "Lain"

        with pytest.raises(InstrumentRefused, match="sudah dipakai dan tidak dapat diubah"):
            load_instrument(new)

        assert is_in_use(instrument)
        assert export_instrument(instrument) == canonical(file())

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("nodes", 0, "weight"), "59"),
            (("predikat", 0, "floors", 0, "what"), "area9"),
            (("scales", "abc", "options", "A"), "2"),
        ],
    )
    def test_what_cannot_be_scored_is_refused(self, path, value):
        new = deepcopy(a_copy())
        place = new
        for step in path[:-1]:
            place = place[step]
        assert path[-1] in place, "the file has changed its shape"
        place[path[-1]] = value
        rows = count_rows()

        with pytest.raises(InstrumentRefused, match="tidak dapat dipakai"):
            load_instrument(new)

        assert count_rows() == rows


class TestDigest:
    def test_is_the_same_in_any_order_of_keys(self):
        content = canonical(file())
        turned = {key: content[key] for key in reversed(content)}

        assert list(turned) != list(content)
        assert content_digest(turned) == content_digest(content)

    @pytest.mark.parametrize(("written", "meant"), [("0.60", "0.6"), ("30.0", "30")])
    def test_is_the_same_however_a_number_is_written(self, written, meant):
        assert canonical({"weight": written}) == {"weight": meant}

    def test_differs_with_a_letter(self):
        new = file()
        first_question(new)["text"] += "."

        assert content_digest(canonical(new)) != content_digest(canonical(file()))


def test_load_instruments_goes_on_where_a_used_version_differs(db, capsys, tmp_path, settings):
    period = make_period()
    content = export_instrument(period.instrument)
    content["title"] = "Judul lain"
    folder = tmp_path / "fixtures" / "instruments"
    folder.mkdir(parents=True)
    (folder / "lain.json").write_text(json.dumps(content), encoding="utf-8")
    settings.BASE_DIR = tmp_path

    call_command("load_instruments")

    assert "lain.json dilewati" in capsys.readouterr().err
    period.instrument.refresh_from_db()
    assert period.instrument.title != "Judul lain"
