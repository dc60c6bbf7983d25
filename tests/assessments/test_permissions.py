"""Who may know of an assessment, and do what with it: role by place by status.

Places are seen from the assessment's satker, a Kankemenag: itself, a madrasah below it, a
neighbour of the same Kanwil, its Kanwil, the Kanwil of another province, the centre.
"""

import pytest
from django.utils import timezone

from accounts.models import Role, User
from assessments.enums import Status
from assessments.models import Assessment
from assessments.permissions import (
    can_fill,
    can_open,
    can_read_answers,
    can_read_verdicts,
    can_review,
    can_submit,
    can_verify,
)
from satker.models import SatkerKind
from tests import factories
from tests.factories_assessments import (
    make_assessment,
    make_centre,
    make_kanwil,
    make_satker,
    make_user,
)

pytestmark = pytest.mark.django_db

DRAFT, SUBMITTED, IN_REVIEW, RETURNED, APPROVED = Status
EVERY = set(Status)
SENT = {SUBMITTED, IN_REVIEW, RETURNED, APPROVED}
NEVER: set[str] = set()

# (role, place): in which statuses it is visible, and the answers are readable. What is not
# listed is never visible.
SEES = {
    (Role.OPERATOR, "own"): (EVERY, EVERY),
    (Role.PIMPINAN, "own"): (EVERY, EVERY),
    (Role.VERIFIKATOR, "kanwil"): (EVERY, SENT),
    (Role.KETUA, "kanwil"): (EVERY, SENT),
    (Role.TPI, "centre"): ({APPROVED}, {APPROVED}),
    (Role.TPI, "eselon1"): ({APPROVED}, {APPROVED}),
    (Role.ADMIN_PUSAT, "centre"): (EVERY, EVERY),
    (Role.PEMANTAU, "centre"): (EVERY, NEVER),
    (Role.PEMANTAU, "kanwil"): (EVERY, NEVER),
}
PLACES = ("own", "below", "neighbour", "kanwil", "other kanwil", "centre", "eselon1")

# What only one pair may do, and when.
MAY = {
    can_fill: {(Role.OPERATOR, "own"): EVERY},
    can_submit: {(Role.PIMPINAN, "own"): {DRAFT, RETURNED}},
    can_review: {(Role.VERIFIKATOR, "kanwil"): EVERY, (Role.KETUA, "kanwil"): EVERY},
    can_verify: {
        (Role.VERIFIKATOR, "kanwil"): {SUBMITTED, IN_REVIEW},
        (Role.KETUA, "kanwil"): {SUBMITTED, IN_REVIEW},
    },
    can_read_verdicts: {
        (Role.OPERATOR, "own"): {RETURNED, APPROVED},
        (Role.PIMPINAN, "own"): {RETURNED, APPROVED},
        (Role.VERIFIKATOR, "kanwil"): SENT,
        (Role.KETUA, "kanwil"): SENT,
        (Role.TPI, "centre"): {APPROVED},
        (Role.TPI, "eselon1"): {APPROVED},
        (Role.ADMIN_PUSAT, "centre"): EVERY,
        (Role.PEMANTAU, "centre"): EVERY,
        (Role.PEMANTAU, "kanwil"): EVERY,
    },
}


@pytest.fixture
def assessment():
    return make_assessment()


def place(name, assessment):
    satker = assessment.satker
    match name:
        case "own":
            return satker
        case "below":
            return factories.make_satker("330801m1", kind=SatkerKind.MAN, parent=satker)
        case "neighbour":
            return make_satker(satker.parent)
        case "kanwil":
            return satker.parent
        case "other kanwil":
            return make_kanwil("82", "Kanwil Provinsi Maluku Utara")
        case "eselon1":
            return factories.make_satker("itjen", kind=SatkerKind.ESELON1, parent=make_centre())
    return make_centre()


def at(status, assessment):
    """The assessment as it would be at a status; what was sent once keeps its date."""
    assessment.status = status
    assessment.submitted_at = None if status == DRAFT else timezone.now()
    assessment.submitted_by = None if status == DRAFT else assessment.opened_by
    assessment.approved_at = timezone.now() if status == APPROVED else None
    assessment.approved_by = assessment.opened_by if status == APPROVED else None
    assessment.save()
    return assessment


def exists(role, where):
    """Whether accounts of the role may be placed there at all."""
    allowed = {
        Role.VERIFIKATOR: {"kanwil", "other kanwil", "centre"},
        Role.KETUA: {"kanwil", "other kanwil", "centre"},
        Role.PEMANTAU: {"kanwil", "other kanwil", "centre"},
        Role.TPI: {"centre", "eselon1"},
        Role.ADMIN_PUSAT: {"centre"},
    }
    return where in allowed.get(role, PLACES)


PAIRS = [(role, where) for role in Role for where in PLACES if exists(role, where)]


@pytest.mark.parametrize(("role", "where"), PAIRS)
def test_who_sees_and_reads_what(assessment, role, where):
    user = make_user(role, place(where, assessment))
    seen, read = SEES.get((role, where), (NEVER, NEVER))

    for status in Status:
        at(status, assessment)
        visible = Assessment.objects.visible_to(user).filter(pk=assessment.pk).exists()
        assert visible == (status in seen), status
        assert (visible and can_read_answers(user, assessment)) == (status in read), status


@pytest.mark.parametrize("can", MAY, ids=lambda can: can.__name__)
@pytest.mark.parametrize(("role", "where"), PAIRS)
def test_who_may_do_what(assessment, can, role, where):
    """Of strangers too, so that no function leans on the queryset alone; what a verdict says is
    the one that does."""
    user = make_user(role, place(where, assessment))
    allowed = MAY[can].get((role, where), NEVER)

    for status in Status:
        may = can(user, at(status, assessment))
        if can is can_read_verdicts:
            may = may and Assessment.objects.visible_to(user).exists()
        assert may == (status in allowed), status


@pytest.mark.parametrize("role", Role)
def test_who_opens(role):
    assert can_open(User(role=role)) == (role == Role.OPERATOR)


class TestWhoVerifiesWhom:
    """Decision 13: the nearest Kanwil above; what has none above it, the centre."""

    @pytest.mark.parametrize(
        ("kind", "parent", "verifier"),
        [
            (SatkerKind.KANKEMENAG, "kanwil", "kanwil"),
            (SatkerKind.MAN, "kankemenag", "kanwil"),
            (SatkerKind.KUA, "kankemenag", "kanwil"),
            (SatkerKind.UIN, "centre", "centre"),
            (SatkerKind.ESELON1, "centre", "centre"),
            (SatkerKind.BALAI_DIKLAT, "centre", "centre"),
        ],
    )
    def test_below_or_beside_a_kanwil(self, kind, parent, verifier):
        kanwil = make_kanwil()
        parents = {"kanwil": kanwil, "centre": make_centre()}
        if parent == "kankemenag":
            parents["kankemenag"] = make_satker(kanwil)
        satker = factories.make_satker("uji", kind=kind, parent=parents[parent])
        assessment = make_assessment(satker)
        people = {
            name: make_user(Role.VERIFIKATOR, unit)
            for name, unit in (("kanwil", kanwil), ("centre", make_centre()))
        }

        assert {
            name: Assessment.objects.visible_to(person).filter(pk=assessment.pk).exists()
            for name, person in people.items()
        } == {name: name == verifier for name in people}
        assert {name: can_review(person, assessment) for name, person in people.items()} == {
            name: name == verifier for name in people
        }

    def test_a_kanwils_own_sheet_is_the_centres(self):
        kanwil = make_kanwil()
        assessment = make_assessment(kanwil)

        assert can_review(make_user(Role.KETUA, make_centre()), assessment)
        assert not can_review(make_user(Role.KETUA, kanwil), assessment)


class TestVisibleTo:
    def test_only_the_listed(self):
        """Three provinces' worth of rows, each person's own cut."""
        java, islands = make_kanwil(), make_kanwil("82", "Kanwil Provinsi Maluku Utara")
        ours, neighbours = make_assessment(make_satker(java)), make_assessment(make_satker(java))
        theirs = make_assessment(make_satker(islands))
        kanwils = make_assessment(java)
        at(APPROVED, neighbours)

        def seen(role, satker):
            rows = Assessment.objects.visible_to(make_user(role, satker))
            return set(rows.values_list("pk", flat=True))

        everything = {ours.pk, neighbours.pk, theirs.pk, kanwils.pk}
        assert seen(Role.OPERATOR, ours.satker) == {ours.pk}
        assert seen(Role.KETUA, java) == {ours.pk, neighbours.pk}
        assert seen(Role.VERIFIKATOR, islands) == {theirs.pk}
        assert seen(Role.VERIFIKATOR, make_centre()) == {kanwils.pk}
        assert seen(Role.PEMANTAU, java) == {ours.pk, neighbours.pk, kanwils.pk}
        assert seen(Role.PEMANTAU, make_centre()) == everything
        assert seen(Role.ADMIN_PUSAT, make_centre()) == everything
        assert seen(Role.TPI, make_centre()) == {neighbours.pk}

    def test_codes_that_begin_alike_are_not_one_branch(self):
        """Kanwil 3 would hold the rows of Kanwil 33, were paths not ended by a slash."""
        make_kanwil()
        assessment = make_assessment(make_satker(make_kanwil()))
        short = make_kanwil("31", "Kanwil DKI Jakarta")

        watcher = make_user(Role.PEMANTAU, short)

        assert not Assessment.objects.visible_to(watcher).filter(pk=assessment.pk).exists()

    def test_an_unknown_role_sees_nothing(self, assessment):
        stranger = User(role="lain", satker=assessment.satker)

        assert not Assessment.objects.visible_to(stranger).exists()
        assert not can_read_answers(stranger, assessment)
