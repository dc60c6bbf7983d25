"""A version of the LKE as rows: structure, texts, floors.

Sole writers: `services.instruments`, and for drafts `services.drafts`. Once published, a version
never changes, so what is made from it (the sheet to score, the unchanging part of a question card)
is kept per process.
"""

from typing import Self

from django.db import models
from django.db.models import Q

from assessments.enums import AnswerKind, NodeKind


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def published(self) -> Self:
        """Versions that a period may name; the rest are drafts."""
        return self.filter(published_at__isnull=False)


class Instrument(models.Model):
    """published_at: None for a draft, which no period may name and nothing is scored with;
    digest: "" until then."""

    code = models.CharField("kode", max_length=40)
    version = models.PositiveSmallIntegerField("versi")
    name = models.CharField("nama", max_length=120)
    title = models.CharField("judul", max_length=200)
    source = models.CharField("dasar hukum", max_length=300)
    decided = models.TextField("keputusan yang berlaku", blank=True, default="")
    digest = models.CharField("sidik berkas", max_length=64, editable=False, blank=True)
    published_at = models.DateTimeField("diterbitkan pada", null=True, blank=True)

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = "instrumen"
        verbose_name_plural = "instrumen"
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="instrument_version_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(published_at__isnull=True),
                name="instrument_one_draft",
                violation_error_message="Instrumen ini sudah memiliki draf.",
            ),
        ]

    def __str__(self) -> str:
        if self.is_draft:
            return f"{self.name} (versi {self.version}, draf)"
        return self.name if self.version == 1 else f"{self.name} (versi {self.version})"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class ChangeArea(models.Model):
    """One of the six areas of change (area perubahan); pemenuhan and reform share it."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="areas")
    number = models.PositiveSmallIntegerField("nomor")
    name = models.CharField("nama", max_length=120)
    short_name = models.CharField("nama pendek", max_length=40)

    class Meta:
        verbose_name = "area perubahan"
        verbose_name_plural = "area perubahan"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="area_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class Node(models.Model):
    """Component, subcomponent, area or section; sections may hold sections."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="nodes")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    code = models.CharField("kode", max_length=40)
    kind = models.CharField("jenis", max_length=20, choices=NodeKind)
    role = models.CharField("komponen", max_length=20, blank=True)
    aspect = models.CharField("aspek", max_length=20, blank=True)
    area = models.PositiveSmallIntegerField("area", null=True, blank=True)
    name = models.CharField("nama", max_length=200)
    weight = models.DecimalField("bobot", max_digits=7, decimal_places=4)
    order = models.PositiveSmallIntegerField("urutan")

    class Meta:
        verbose_name = "bagian instrumen"
        verbose_name_plural = "bagian instrumen"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="node_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Question(models.Model):
    """A question and how its answer becomes a value 0 to 1 (rules: `scoring.scales`)."""

    instrument = models.ForeignKey(
        Instrument, models.CASCADE, related_name="questions", verbose_name="instrumen"
    )
    node = models.ForeignKey(Node, models.CASCADE, related_name="questions", verbose_name="bagian")
    code = models.CharField("kode", max_length=40)
    order = models.PositiveSmallIntegerField("urutan")
    kind = models.CharField("jenis jawaban", max_length=20, choices=AnswerKind)
    scale = models.CharField("skala", max_length=20, blank=True)
    name = models.CharField("nama pendek", max_length=120, blank=True, default="")
    text = models.TextField("pertanyaan")
    help = models.TextField("penjelasan", blank=True, default="")
    weight = models.DecimalField("bobot", max_digits=7, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(
        "nilai tertinggi", max_digits=9, decimal_places=4, null=True, blank=True
    )
    numerator = models.CharField("pembilang", max_length=40, blank=True, default="")
    denominator = models.CharField("penyebut", max_length=40, blank=True, default="")
    cap = models.DecimalField("batas atas", max_digits=5, decimal_places=4, null=True, blank=True)
    zero_over_zero = models.DecimalField(
        "nilai bila 0 dari 0", max_digits=5, decimal_places=4, null=True, blank=True
    )
    evidence_required = models.BooleanField("bukti dukung wajib", default=True)

    class Meta:
        verbose_name = "pertanyaan"
        verbose_name_plural = "pertanyaan"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="question_code_once"),
            models.CheckConstraint(
                name="question_counts_say_zero_over_zero",
                condition=~Q(kind__in=[AnswerKind.RATIO, AnswerKind.DECREASE])
                | Q(zero_over_zero__isnull=False),
            ),
            models.CheckConstraint(
                name="question_number_has_maximum",
                condition=~Q(kind=AnswerKind.NUMBER) | Q(maximum__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Option(models.Model):
    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    key = models.CharField("huruf", max_length=10)
    value = models.DecimalField("nilai", max_digits=5, decimal_places=4)
    text = models.TextField("arti")
    order = models.PositiveSmallIntegerField("urutan")

    class Meta:
        verbose_name = "pilihan jawaban"
        verbose_name_plural = "pilihan jawaban"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["question", "key"], name="option_key_once"),
            models.CheckConstraint(
                name="option_value_0_to_1", condition=Q(value__gte=0, value__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Input(models.Model):
    """One whole number asked for by a percentage question: n1, n2, …"""

    question = models.ForeignKey(Question, models.CASCADE, related_name="inputs")
    key = models.CharField("kunci", max_length=10)
    label = models.CharField("yang dihitung", max_length=200)
    order = models.PositiveSmallIntegerField("urutan")

    class Meta:
        verbose_name = "isian angka"
        verbose_name_plural = "isian angka"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["question", "key"], name="input_key_once"),
        ]

    def __str__(self) -> str:
        return self.key


class Guidance(models.Model):
    """A document the question usually needs, or a frequent reason for rejection."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", "Dokumen wajib"
        SUPPORT = "support", "Dokumen pendukung"
        PITFALL = "pitfall", "Sering ditolak karena"

    question = models.ForeignKey(Question, models.CASCADE, related_name="guidance")
    kind = models.CharField("jenis", max_length=20, choices=Kind)
    text = models.CharField("isi", max_length=300)
    order = models.PositiveSmallIntegerField("urutan")

    class Meta:
        verbose_name = "petunjuk"
        verbose_name_plural = "petunjuk"
        ordering = ["order"]

    def __str__(self) -> str:
        return self.text


class PredikatRule(models.Model):
    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="predikat")
    code = models.CharField("kode", max_length=10)
    name = models.CharField("nama", max_length=120)
    requires = models.CharField("predikat yang harus dimiliki", max_length=10, blank=True)
    source = models.CharField("dasar hukum", max_length=200)
    order = models.PositiveSmallIntegerField("urutan")

    class Meta:
        verbose_name = "predikat"
        verbose_name_plural = "predikat"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="predikat_code_once"),
        ]

    def __str__(self) -> str:
        return self.code


class Floor(models.Model):
    """A minimum (ambang): points, or a share of the weight; every comparison is "at least"."""

    predikat = models.ForeignKey(PredikatRule, models.CASCADE, related_name="floors")
    what = models.CharField("apa", max_length=40)
    at_least = models.DecimalField(
        "minimal (nilai)", max_digits=7, decimal_places=4, null=True, blank=True
    )
    share = models.DecimalField(
        "minimal (bagian bobot)", max_digits=5, decimal_places=4, null=True, blank=True
    )
    order = models.PositiveSmallIntegerField("urutan")

    class Meta:
        verbose_name = "ambang"
        verbose_name_plural = "ambang"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["predikat", "what"], name="floor_once"),
            models.CheckConstraint(
                name="floor_points_or_share",
                condition=Q(at_least__isnull=True, share__isnull=False)
                | Q(at_least__isnull=False, share__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.what
