"""The writers of the register: what they store, refuse, and leave in the audit trail."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from audit.models import Event
from audit.services import verify
from prerequisites.errors import PrerequisiteRefused, StaleValue
from prerequisites.models import PredikatGrant, PrerequisiteValue
from prerequisites.rules import ITEMS
from prerequisites.services import Decree, NewValue, save_grant, save_value
from tests.factories_assessments import make_satker, make_user

pytestmark = pytest.mark.django_db

TLHP = ITEMS["tlhp"]
DAY = date(2026, 1, 5)
DECREE = Decree("WBK", "KEP-1", date(2024, 1, 5), date(2026, 1, 4))


@pytest.fixture
def satker():
    return make_satker()


@pytest.fixture
def admin():
    return make_user(Role.ADMIN_PUSAT)


def save(satker, value="98.5", *, item=TLHP, year=2026, seen=0, by=None, document="Surat"):
    new = NewValue(value, document, "1/2026", DAY)
    return save_value(item=item, satker=satker, year=year, new=new, seen_version=seen, by=by)


def events(action):
    return list(Event.objects.filter(action=action).order_by("pk"))


class TestValues:
    def test_stored_and_recorded_in_the_satkers_chain(self, satker, admin):
        row = save(satker, by=admin)

        assert (row.value, row.year, row.version, row.saved_by) == ("98.5", 2026, 1, admin)
        (event,) = events("prasyarat disimpan")
        assert (event.chain.key, event.by, event.subject) == (
            satker.audit_key,
            admin,
            "tlhp 2026",
        )
        assert json.loads(event.after)["nilai"] == "98.5"
        assert verify().fault is None

    def test_of_the_institution_in_a_chain_of_its_own(self, admin):
        save(None, "WTP", item=ITEMS["opini_bpk"], by=admin)

        (event,) = events("prasyarat disimpan")
        assert event.chain.key == "prasyarat:2026"

    def test_corrected_with_what_was_before(self, satker, admin):
        save(satker)
        save(satker, "100", seen=1, by=admin)

        assert PrerequisiteValue.objects.get().version == 2
        before, after = (
            json.loads(getattr(events("prasyarat disimpan")[1], name))["nilai"]
            for name in ("before", "after")
        )
        assert (before, after) == ("98.5", "100")

    def test_the_same_again_changes_nothing(self, satker):
        save(satker)
        save(satker, seen=1)

        assert PrerequisiteValue.objects.get().version == 1
        assert len(events("prasyarat disimpan")) == 1

    def test_cleared_keeps_its_row(self, satker):
        save(satker)
        save(satker, "", seen=1)

        row = PrerequisiteValue.objects.get()
        assert (row.value, row.document, row.document_date, row.version) == ("", "", None, 2)

    def test_nothing_into_nothing(self, satker):
        assert save(satker, "") is None
        assert not PrerequisiteValue.objects.exists()

    @pytest.mark.parametrize("seen", [0, 2])
    def test_an_older_page_is_refused(self, satker, seen):
        save(satker)

        with pytest.raises(StaleValue):
            save(satker, "100", seen=seen)
        assert PrerequisiteValue.objects.get().value == "98.5"

    def test_no_value_without_its_document(self, satker):
        with pytest.raises(PrerequisiteRefused):
            save(satker, document="")

    def test_of_each_year_its_own_but_pencanangan_once(self, satker):
        declared = ITEMS["pencanangan"]
        save(satker)
        save(satker, year=2027)
        save(satker, "2025-01-05", item=declared)
        save(satker, "2025-01-06", item=declared, year=2027, seen=1)

        rows = PrerequisiteValue.objects.values_list("code", "year")
        assert set(rows) == {("tlhp", 2026), ("tlhp", 2027), ("pencanangan", None)}

    def test_the_levels_are_not_mixed_up(self, satker):
        with pytest.raises(ValueError, match="not entered here"):
            save(None)
        with pytest.raises(ValueError, match="not entered here"):
            save(satker, "WTP", item=ITEMS["opini_bpk"])

    @pytest.mark.parametrize(
        ("code", "year", "own"),
        [("tlhp", 2026, True), ("opini_bpk", 2026, False), ("pencanangan", None, True)],
    )
    def test_the_database_refuses_a_second_one(self, satker, code, year, own):
        def add():
            PrerequisiteValue.objects.create(
                satker=satker if own else None, year=year, code=code, saved_at="2026-01-05T00:00Z"
            )

        add()
        with pytest.raises(IntegrityError), transaction.atomic():
            add()

    @pytest.mark.parametrize("facts", [{"value": "1", "year": 2026}, {"year": None}])
    def test_the_database_refuses_what_makes_no_sense(self, facts):
        with pytest.raises(IntegrityError), transaction.atomic():
            PrerequisiteValue.objects.create(code="spip", saved_at="2026-01-05T00:00Z", **facts)


class TestGrants:
    def test_recorded(self, satker, admin):
        grant = save_grant(satker=satker, decree=DECREE, by=admin)

        assert (grant.version, grant.saved_by) == (1, admin)
        (event,) = events("predikat dicatat")
        assert event.chain.key == satker.audit_key
        assert verify().fault is None

    def test_revoked_keeps_its_row(self, satker, admin):
        grant = save_grant(satker=satker, decree=DECREE, by=admin)
        revoked = Decree(
            "WBK", "KEP-1", DECREE.decree_date, None, date(2025, 3, 1), "CB-1", "Pungutan liar"
        )

        save_grant(satker=satker, decree=revoked, grant_id=grant.pk, seen_version=1, by=admin)

        row = PredikatGrant.objects.get()
        assert (row.revoked_on, row.revocation_decree, row.version) == (
            date(2025, 3, 1),
            "CB-1",
            2,
        )
        assert json.loads(events("predikat diubah")[0].before)["dicabut"] is None

    def test_the_same_again_changes_nothing(self, satker):
        grant = save_grant(satker=satker, decree=DECREE, by=None)
        save_grant(satker=satker, decree=DECREE, grant_id=grant.pk, seen_version=1, by=None)

        assert PredikatGrant.objects.get().version == 1
        assert events("predikat diubah") == []

    @pytest.mark.parametrize(
        ("decree", "refused"),
        [
            (Decree("WBK", "KEP-2", date(2026, 1, 3)), True),
            (Decree("WBK", "KEP-2", date(2023, 1, 3)), True),
            (Decree("WBK", "KEP-2", date(2024, 1, 5)), True),
            (Decree("WBK", "KEP-1", date(2026, 1, 5)), True),
            (Decree("WBK", "KEP-2", date(2026, 1, 4)), False),
            (Decree("WBK", "KEP-2", date(2023, 1, 3), date(2024, 1, 5)), False),
            (Decree("WBBM", "KEP-2", date(2025, 1, 5)), False),
        ],
    )
    def test_no_two_of_the_same_predikat_at_once(self, satker, decree, refused):
        save_grant(satker=satker, decree=DECREE, by=None)

        if refused:
            with pytest.raises(PrerequisiteRefused):
                save_grant(satker=satker, decree=decree, by=None)
        else:
            save_grant(satker=satker, decree=decree, by=None)
        assert PredikatGrant.objects.count() == (1 if refused else 2)

    def test_a_new_one_after_a_revocation(self, satker):
        revoked = Decree("WBK", "KEP-1", DAY, None, date(2026, 3, 1), "CB-1", "Pungutan liar")
        save_grant(satker=satker, decree=revoked, by=None)

        save_grant(satker=satker, decree=Decree("WBK", "KEP-9", date(2028, 3, 1)), by=None)

        assert PredikatGrant.objects.count() == 2

    @pytest.mark.parametrize(
        "decree",
        [
            Decree("WBK", "K", DAY, date(2026, 1, 4)),
            Decree("WBK", "K", DAY, None, date(2026, 1, 4), "C", "Alasan"),
            Decree("WBK", "K", DAY, None, date(2026, 2, 4), "", "Alasan"),
            Decree("WBK", "K", DAY, None, date(2026, 2, 4), "C", ""),
            Decree("WBK", "K", DAY, None, None, "C", "Alasan"),
        ],
    )
    def test_days_and_revocations_that_do_not_fit(self, satker, decree):
        with pytest.raises(PrerequisiteRefused):
            save_grant(satker=satker, decree=decree, by=None)
        assert not PredikatGrant.objects.exists()

    def test_an_older_page_is_refused(self, satker):
        grant = save_grant(satker=satker, decree=DECREE, by=None)

        with pytest.raises(StaleValue):
            save_grant(satker=satker, decree=DECREE, grant_id=grant.pk, by=None)

    def test_another_satkers_grant_is_none_of_this_one(self, satker):
        grant = save_grant(satker=satker, decree=DECREE, by=None)

        with pytest.raises(PredikatGrant.DoesNotExist):
            save_grant(
                satker=make_satker(), decree=DECREE, grant_id=grant.pk, seen_version=1, by=None
            )


def test_people_are_held_before_the_chain_of_the_satker(satker, admin):
    """As whoever changes a person does, so that neither waits for the other in a circle."""
    with CaptureQueriesContext(connection) as captured:
        save_grant(satker=satker, decree=DECREE, by=admin)

    asked = [query["sql"] for query in captured]
    people = next(n for n, sql in enumerate(asked) if "accounts_user" in sql)
    chain = next(n for n, sql in enumerate(asked) if 'FROM "audit_chain"' in sql)
    assert people < chain
