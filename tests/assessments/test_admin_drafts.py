"""Administration: drafts of an instrument are edited, checked and published; maps corrected."""

import json
import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from assessments.instrument_file import export_instrument
from assessments.models import Guidance, Instrument, InstrumentMap, Node, Question, QuestionMap
from assessments.services.drafts import edit_draft, make_draft, publish_draft
from audit.models import Event
from tests.assessments.test_drafts import change, node, question
from tests.assessments.versions import (
    ADDED,
    ADDED_TOO,
    GONE,
    SAME,
    WORDED,
    change_some,
    make_version,
)
from tests.factories_assessments import (
    make_assessment,
    make_centre,
    make_kanwil,
    make_period,
    make_user,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

INSTRUMENTS = "/admin/assessments/instrument/"
QUESTIONS = "/admin/assessments/question/"
MAPS = "/admin/assessments/instrumentmap/"


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMIN_PUSAT, make_centre())
    client.force_login(user)
    return user


@pytest.fixture
def draft(admin):
    return make_draft(source=shipped_instrument(), by=admin)


def page_of(row) -> str:
    place = {Instrument: INSTRUMENTS, Question: QUESTIONS, InstrumentMap: MAPS}[type(row)]
    return f"{place}{row.pk}/change/"


def as_shown(page) -> dict[str, str]:
    """What the form of a page would send back untouched."""
    text = page.content.decode()
    form = re.search(r'<form [^>]*id="\w+_form".*?</form>', text, re.DOTALL)[0]
    sent = {}
    for tag in re.findall(r"<input [^>]+>", form):
        found = {name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        is_box = found.get("type") == "checkbox"
        is_off = is_box and " checked" not in tag
        if "name" in found and found.get("type") != "submit" and not is_off:
            sent[found["name"]] = found.get("value", "on" if is_box else "")
    for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        sent[name] = unescape(value)
    for name, inside in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        sent[name] = chosen[1] if chosen else ""
    return sent


def prefix_of(page, model, pk) -> str:
    """ "options-3", the prefix of a row's form."""
    formsets = page.context["inline_admin_formsets"]
    forms = [form for each in formsets if each.opts.model is model for form in each.formset.forms]
    return next(form.prefix for form in forms if form.instance.pk == pk)


class TestMaking:
    def test_button(self, client, admin):
        page = client.get(page_of(shipped_instrument()))
        address = f"{INSTRUMENTS}{shipped_instrument().pk}/draf/"
        assert f'action="{address}"' in page.content.decode()

        answer = client.post(address, follow=True)

        draft = Instrument.objects.get(published_at=None)
        assert answer.redirect_chain == [(page_of(draft), 302)]
        assert "Draf versi 2 dibuat." in answer.content.decode()
        again = client.post(address, follow=True).content.decode()
        assert "sudah memiliki draf, versi 2" in again

    def test_only_by_post_and_from_a_published_version(self, client, draft):
        assert client.get(f"{INSTRUMENTS}{shipped_instrument().pk}/draf/").status_code == 405
        assert client.post(f"{INSTRUMENTS}{draft.pk}/draf/").status_code == 404
        assert client.post(f"{INSTRUMENTS}{10**18}/draf/").status_code == 404


class TestEditingTheInstrument:
    def test_untouched_changes_nothing(self, client, draft):
        before = export_instrument(draft)
        page = client.get(page_of(draft))

        answer = client.post(page_of(draft), as_shown(page))

        assert answer.status_code == 302
        assert export_instrument(draft) == before
        assert Event.objects.filter(action="draf instrumen diubah").count() == 0

    def test_title_and_weights_in_one_go(self, client, draft):
        page = client.get(page_of(draft))
        first, second = (prefix_of(page, Node, node(draft, code).pk) for code in WEIGHED)
        sent = as_shown(page) | {
            "title": "Judul lain",
            "decided": "Satu.\r\n\r\n Dua.\r\n",
            f"{first}-weight": "1",
            f"{second}-weight": "0,5",
        }

        assert client.post(page_of(draft), sent).status_code == 302

        draft.refresh_from_db()
        assert (draft.title, draft.decided) == ("Judul lain", "Satu.\nDua.")
        assert [node(draft, code).weight for code in WEIGHED] == [Decimal(1), Decimal("0.5")]
        event = Event.objects.get(action="draf instrumen diubah")
        assert json.loads(event.after)["A.I.1.i"] == "1"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", ""),
            ("title", "x" * 201),
            ("title", "a\x00b"),
            ("title", "a\x07b"),
            ("decided", "x" * 5001),
            ("weight", "NaN"),
            ("weight", "-1"),
            ("weight", "1e9"),
            ("weight", "1,00001"),
            ("weight", ""),
        ],
    )
    def test_refused_input_stays_in_the_form(self, client, draft, field, value):
        before = export_instrument(draft)
        page = client.get(page_of(draft))
        name = field
        if field == "weight":
            name = f"{prefix_of(page, Node, node(draft, WEIGHED[0]).pk)}-weight"

        answer = client.post(page_of(draft), as_shown(page) | {name: value, "source": "Lain"})

        assert answer.status_code == 200
        assert 'class="errorlist"' in answer.content.decode()
        assert 'value="Lain"' in answer.content.decode()
        assert export_instrument(draft) == before

    def test_a_row_of_another_version_is_not_taken(self, client, draft):
        page = client.get(page_of(draft))
        sent = as_shown(page)
        prefix = prefix_of(page, Node, node(draft, WEIGHED[0]).pk)
        theirs = node(shipped_instrument(), WEIGHED[0])
        sent |= {f"{prefix}-id": str(theirs.pk), f"{prefix}-name": "Milik lain"}

        client.post(page_of(draft), sent)

        assert not Node.objects.filter(name="Milik lain").exists()

    def test_published_versions_are_read_only(self, client, admin):
        page = client.get(page_of(shipped_instrument()))

        assert page.status_code == 200
        assert 'name="title"' not in page.content.decode()
        assert client.post(page_of(shipped_instrument()), {"title": "x"}).status_code == 403

    def test_names_what_is_wrong_and_links_each_question(self, client, draft, admin):
        edit_draft(
            draft=draft, changed=[change(node(draft, "A.I.1.i"), weight=Decimal(2))], by=admin
        )

        text = client.get(page_of(draft)).content.decode()

        assert "A.I.1: bobot isinya berjumlah 5,5, seharusnya 4." in text
        assert text.count(f'href="{QUESTIONS}') >= 113


WEIGHED = ("A.I.1.i", "A.I.1.ii")


class TestEditingAQuestion:
    def test_texts_options_and_guidance(self, client, draft):
        asked = question(draft)
        page = client.get(page_of(asked))
        option = asked.options.get(key="B")
        line = asked.guidance.first()
        count = asked.guidance.count()
        sent = as_shown(page) | {
            "text": "Lain?\r\nBaris dua.",
            "evidence_required": "",
            f"{prefix_of(page, type(option), option.pk)}-text": "Kadang.",
            f"{prefix_of(page, Guidance, line.pk)}-DELETE": "on",
            f"guidance-{count}-kind": "pitfall",
            f"guidance-{count}-text": "Tanpa tanggal.",
        }
        del sent["evidence_required"]

        assert client.post(page_of(asked), sent).status_code == 302

        asked.refresh_from_db()
        option.refresh_from_db()
        assert (asked.text, asked.evidence_required) == ("Lain?\nBaris dua.", False)
        assert option.text == "Kadang."
        assert not Guidance.objects.filter(pk=line.pk).exists()
        assert asked.guidance.last().text == "Tanpa tanggal."
        event = Event.objects.get(action="draf instrumen diubah")
        assert f"{SAME} pertanyaan" in json.loads(event.after)

    def test_labels_of_inputs(self, client, draft):
        asked = question(draft, "A.II.1.i.a")
        page = client.get(page_of(asked))
        item = asked.inputs.first()

        client.post(
            page_of(asked),
            as_shown(page) | {f"{prefix_of(page, type(item), item.pk)}-label": "Jumlah lain"},
        )

        item.refresh_from_db()
        assert item.label == "Jumlah lain"

    def test_only_questions_with_a_weight_show_one(self, client, draft):
        assert 'name="weight"' not in client.get(page_of(question(draft))).content.decode()
        assert 'name="weight"' in client.get(page_of(question(draft, "B.I.a"))).content.decode()

    def test_published_questions_are_read_only(self, client, admin):
        asked = question(shipped_instrument())

        page = client.get(page_of(asked))

        assert 'name="text"' not in page.content.decode()
        assert asked.text in unescape(page.content.decode())
        assert client.post(page_of(asked), {"text": "Lain?"}).status_code == 403

    @pytest.mark.parametrize("value", ["", "a\x00b", "a\x07b", "x" * 5001])
    def test_refused_text(self, client, draft, value):
        asked = question(draft)
        page = client.get(page_of(asked))

        answer = client.post(page_of(asked), as_shown(page) | {"text": value})

        assert answer.status_code == 200
        assert 'class="errorlist"' in answer.content.decode()
        assert Question.objects.get(pk=asked.pk).text == asked.text

    def test_nothing_is_added_or_deleted(self, client, draft):
        asked = question(draft)

        assert client.get(f"{QUESTIONS}add/").status_code == 403
        assert client.post(f"{QUESTIONS}{asked.pk}/delete/", {"post": "yes"}).status_code == 403

    @pytest.mark.parametrize("place", ["", "draft", "published"])
    def test_queries(self, client, draft, place):
        address = QUESTIONS
        if place:
            whose = draft if place == "draft" else shipped_instrument()
            address = page_of(question(whose))
        client.get(address)

        with CaptureQueriesContext(connection) as found:
            client.get(address)

        assert len(found) <= 9


class TestPublishing:
    def test_shows_what_changes_then_publishes(self, client, draft, admin):
        edit_draft(draft=draft, changed=[change(question(draft), text="Lain?")], by=admin)
        address = f"{INSTRUMENTS}{draft.pk}/terbitkan/"

        shown = client.get(address).content.decode()
        answer = client.post(address, follow=True)

        assert "1 perbedaan dari versi 1" in shown
        assert "Lain?" in shown
        assert "Versi 2 diterbitkan." in answer.content.decode()
        draft.refresh_from_db()
        assert not draft.is_draft
        assert client.get(address).status_code == 404

    def test_refuses_with_what_is_wrong(self, client, draft, admin):
        edit_draft(
            draft=draft, changed=[change(node(draft, "A.I.1.i"), weight=Decimal(2))], by=admin
        )
        address = f"{INSTRUMENTS}{draft.pk}/terbitkan/"

        shown, answer = client.get(address), client.post(address)

        for page, status in ((shown, 200), (answer, 422)):
            assert page.status_code == status
            assert "A.I.1: bobot isinya berjumlah 5,5, seharusnya 4." in page.content.decode()
        assert Instrument.objects.get(pk=draft.pk).is_draft

    def test_delete_throws_the_draft_away(self, client, draft):
        address = f"{INSTRUMENTS}{draft.pk}/delete/"
        assert client.get(address).status_code == 200

        assert client.post(address, {"post": "yes"}).status_code == 302
        assert not Instrument.objects.filter(pk=draft.pk).exists()

    def test_no_period_offers_a_draft(self, client, draft):
        text = client.get("/admin/assessments/period/add/").content.decode()

        assert f'<option value="{draft.pk}"' not in text
        assert f'<option value="{shipped_instrument().pk}"' in text

    def test_no_template_for_a_draft(self, client, draft):
        text = client.get("/admin/assessments/workbooktemplate/add/").content.decode()

        assert f'<option value="{draft.pk}"' not in text


class TestMap:
    @pytest.fixture
    def version_map(self, admin):
        make_version(2, change_some)
        return InstrumentMap.objects.get()

    def source(self, page, code) -> str:
        forms = page.context["inline_admin_formsets"][0].formset.forms
        return next(form.prefix for form in forms if form.code == code) + "-sumber"

    def test_list_counts_each_kind(self, client, version_map):
        (row,) = client.get(MAPS).context["cl"].result_list

        counts = [
            row.count_same,
            row.count_reworded,
            row.count_split,
            row.count_gone,
            row.count_new,
        ]
        assert counts == [110, 1, 0, 2, 3]

    def test_untouched_changes_nothing(self, client, version_map):
        before = list(version_map.lines.values_list("pk", flat=True))
        page = client.get(page_of(version_map))

        assert client.post(page_of(version_map), as_shown(page)).status_code == 302
        assert list(version_map.lines.values_list("pk", flat=True)) == before

    def test_one_into_two(self, client, version_map):
        page = client.get(page_of(version_map))
        sent = as_shown(page) | {self.source(page, code): GONE for code in (ADDED, ADDED_TOO)}

        assert client.post(page_of(version_map), sent).status_code == 302

        split = version_map.lines.filter(kind=QuestionMap.Kind.SPLIT)
        assert {(row.old.code, row.new.code) for row in split} == {
            (GONE, ADDED),
            (GONE, ADDED_TOO),
        }
        assert Event.objects.filter(action="peta versi diubah").count() == 1

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("Z.9", "tidak ada pada versi lama"),
            ("B.I.a", "tidak dapat dibawa ke"),
            ("x" * 41, "40"),
            ("a\x00b", "errorlist"),
        ],
    )
    def test_refused_source_stays_in_the_form(self, client, version_map, source, said):
        page = client.get(page_of(version_map))
        sent = as_shown(page) | {self.source(page, ADDED): source, self.source(page, SAME): ""}

        answer = client.post(page_of(version_map), sent)

        assert answer.status_code == 200
        assert said in answer.content.decode()
        assert version_map.lines.get(new__code=SAME).kind == QuestionMap.Kind.SAME

    def test_fixed_once_an_assessment_was_opened(self, client, version_map):
        make_assessment(period=make_period(instrument=version_map.to_instrument))

        page = client.get(page_of(version_map))

        assert "sudah ada penilaian yang dibuka" in page.content.decode()
        assert 'name="lines-0-sumber"' not in page.content.decode()
        assert client.post(page_of(version_map), {}).status_code == 403

    def test_is_neither_added_nor_deleted(self, client, version_map):
        assert client.get(f"{MAPS}add/").status_code == 403
        assert client.post(f"{MAPS}{version_map.pk}/delete/").status_code == 403

    def test_queries_do_not_depend_on_the_questions(self, client, version_map):
        client.get(page_of(version_map))
        with CaptureQueriesContext(connection) as found:
            page = client.get(page_of(version_map))

        assert page.content.decode().count('-sumber" value="A') > 80
        assert len(found) <= 8


class TestOthers:
    @pytest.mark.parametrize(
        ("role", "place"),
        [
            (Role.OPERATOR, "kanwil"),
            (Role.KETUA, "centre"),
            (Role.TPI, "centre"),
            (Role.PEMANTAU, "centre"),
        ],
    )
    def test_nobody_else_edits(self, client, admin, role, place):
        draft = make_draft(source=shipped_instrument(), by=admin)
        client.force_login(make_user(role, make_kanwil() if place == "kanwil" else make_centre()))
        before = export_instrument(draft)

        for address in (
            page_of(draft),
            page_of(question(draft)),
            f"{INSTRUMENTS}{draft.pk}/terbitkan/",
            f"{INSTRUMENTS}{draft.pk}/delete/",
            f"{INSTRUMENTS}{shipped_instrument('lke-2014').pk}/draf/",
        ):
            answer = client.post(address, {"title": "x", "text": "x", "post": "yes"})
            assert answer.status_code in {302, 403}, address
        assert export_instrument(draft) == before
        assert Instrument.objects.get(pk=draft.pk).is_draft
        assert Instrument.objects.count() == 3


def test_a_published_draft_offers_last_years_answers(admin):
    draft = make_draft(source=shipped_instrument(), by=admin)
    edit_draft(draft=draft, changed=[change(question(draft, WORDED), text="Lain?")], by=admin)

    publish_draft(draft=draft, by=admin)

    line = InstrumentMap.objects.get().lines.get(new__code=WORDED)
    assert (line.kind, line.old.code) == (QuestionMap.Kind.REWORDED, WORDED)
