"""The reviewer's queue: rows with both scores, filtered and sorted in the database."""

from django import forms
from django.db.models import Case, F, FilteredRelation, IntegerField, Q, Value, When

from accounts.models import User
from assessments.enums import REVIEWABLE, Status, Tier
from assessments.models import Assessment, AssessmentQuerySet, Period
from satker.models import SatkerKind

# What waits for the reviewer stands first, what waits for nobody last.
TURN = Case(
    When(status__in=[Status.SUBMITTED, Status.IN_REVIEW], then=Value(0)),
    When(status=Status.RETURNED, then=Value(1)),
    When(status=Status.APPROVED, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)

SORTS = {
    "giliran": (TURN, F("submitted_at").asc(nulls_last=True), "satker__path"),
    "satker": ("satker__name",),
    "status": (TURN, "satker__name"),
    "dikirim": (F("submitted_at").asc(nulls_last=True), "satker__path"),
    "diverifikasi": ("verified_count", "satker__path"),
    "mandiri": ("own_total", "satker__path"),
    "verifikasi": (F("reviewed_total").asc(nulls_last=True), "satker__path"),
}


class QueueForm(forms.Form):
    """The filters; their state is the address."""

    tahun = forms.TypedChoiceField(label="Tahun", coerce=int, empty_value=None, required=False)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Semua status"), *Status.choices]
    )
    jenis = forms.ChoiceField(
        label="Jenis satker", required=False, choices=[("", "Semua jenis"), *SatkerKind.choices]
    )
    cari = forms.CharField(label="Nama atau kode satker", required=False, max_length=100)

    def __init__(self, *args: object, years: list[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tahun"].choices = [("", "Semua tahun"), *((y, str(y)) for y in years)]


def period_years() -> list[int]:
    return list(Period.objects.values_list("year", flat=True))


def queue_rows(user: User, filters: dict[str, object], sort: str) -> AssessmentQuerySet:
    """What the reviewer may know of. sort: a key of SORTS, with "-" before it for descending.

    Adds own_total, answered, reviewed_total, verified_count, questions, difference.
    """
    rows = (
        Assessment.objects.visible_to(user)
        .with_place()
        .annotate(
            own=FilteredRelation("scores", condition=Q(scores__tier=Tier.MANDIRI)),
            reviewed=FilteredRelation("scores", condition=Q(scores__tier=Tier.PENDAHULUAN)),
            own_total=F("own__total"),
            answered=F("own__answered"),
            questions=F("own__questions"),
            reviewed_total=F("reviewed__total"),
            verified_count=F("reviewed__verified"),
            difference=F("reviewed__total") - F("own__total"),
        )
    )
    if filters.get("tahun"):
        rows = rows.filter(period__year=filters["tahun"])
    if filters.get("status"):
        rows = rows.filter(status=filters["status"])
    if filters.get("jenis"):
        rows = rows.filter(satker__kind=filters["jenis"])
    if filters.get("cari"):
        text = filters["cari"]
        rows = rows.filter(Q(satker__name__icontains=text) | Q(satker__code__icontains=text))
    order = SORTS.get(sort.removeprefix("-"), SORTS["giliran"])
    rows = rows.order_by(*order)
    return rows.reverse() if sort.startswith("-") else rows


def waiting_count(user: User) -> int:
    """How many sheets wait for this reviewer: the number beside the menu's "Antrean"."""
    return Assessment.objects.visible_to(user).filter(status__in=REVIEWABLE).count()
