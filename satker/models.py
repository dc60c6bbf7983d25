from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from satker.provinces import PROVINCES, Province


class SatkerKind(models.TextChoices):
    PUSAT = "pusat", "Kementerian Agama pusat"
    ESELON1 = "eselon1", "Unit eselon I"
    KANWIL = "kanwil", "Kantor Wilayah"
    KANKEMENAG = "kankemenag", "Kantor Kementerian Agama kabupaten/kota"
    UIN = "ptkn_uin", "Universitas Islam Negeri"
    IAIN = "ptkn_iain", "Institut Agama Islam Negeri"
    STAIN = "ptkn_stain", "Sekolah Tinggi Agama Islam Negeri"
    PTKN_KRISTEN = "ptkn_kristen", "Perguruan tinggi Kristen negeri"
    PTKN_KATOLIK = "ptkn_katolik", "Perguruan tinggi Katolik negeri"
    PTKN_HINDU = "ptkn_hindu", "Perguruan tinggi Hindu negeri"
    PTKN_BUDDHA = "ptkn_buddha", "Perguruan tinggi Buddha negeri"
    MAN = "man", "Madrasah Aliyah Negeri"
    MTSN = "mtsn", "Madrasah Tsanawiyah Negeri"
    MIN = "min", "Madrasah Ibtidaiyah Negeri"
    BALAI_DIKLAT = "balai_diklat", "Balai Diklat Keagamaan"
    BALAI_LITBANG = "balai_litbang", "Balai Litbang Agama"
    ASRAMA_HAJI = "asrama_haji", "UPT Asrama Haji"
    UPT_LAIN = "upt_lain", "UPT pusat lain"
    KUA = "kua", "Kantor Urusan Agama kecamatan"


class SatkerQuerySet(models.QuerySet["Satker"]):
    def under(self, top: "Satker") -> Self:
        """`top` and everything below it."""
        return self.filter(path__startswith=top.path)


class Satker(models.Model):
    """A node of the organisation tree; a Kanwil and the centre are nodes too.

    `path` (codes from the root down, each ended by "/"), `level` and `verifier` follow from the
    tree. Sole writer: `satker.services`.
    """

    code = models.CharField("kode", max_length=20, unique=True)
    name = models.CharField("nama", max_length=200)
    kind = models.CharField("jenis", max_length=20, choices=SatkerKind)
    province_code = models.CharField(
        "provinsi", max_length=2, blank=True, choices=[(p.code, p.name) for p in PROVINCES.values()]
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="induk"
    )
    path = models.CharField("jalur", max_length=255, unique=True, editable=False)
    level = models.PositiveSmallIntegerField("tingkat", editable=False)
    verifier = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="verified_satker",
        verbose_name="diverifikasi oleh",
    )
    active = models.BooleanField("aktif", default=True)

    objects = SatkerQuerySet.as_manager()

    class Meta:
        verbose_name = "satker"
        verbose_name_plural = "satker"
        ordering = ["path"]
        constraints = [
            # SQLite compares path prefixes without regard to case.
            models.UniqueConstraint(
                Lower("code"),
                name="satker_code_once_in_any_case",
                violation_error_message="Kode satker ini sudah dipakai.",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind=SatkerKind.PUSAT),
                name="satker_one_centre",
                violation_error_message="Pusat hanya satu.",
            ),
            models.CheckConstraint(
                name="satker_only_the_centre_has_no_parent",
                condition=Q(parent__isnull=True, kind=SatkerKind.PUSAT, verifier__isnull=True)
                | Q(parent__isnull=False, verifier__isnull=False) & ~Q(kind=SatkerKind.PUSAT),
                violation_error_message="Setiap satker selain pusat harus memiliki induk.",
            ),
            models.CheckConstraint(
                name="satker_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message="Satker tidak dapat menjadi induknya sendiri.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def province(self) -> Province | None:
        return PROVINCES.get(self.province_code)

    @property
    def zone(self) -> str:
        """WIB, WITA or WIT; the centre, and what has no province, goes by WIB."""
        province = self.province
        return "WIB" if province is None else province.zone

    @property
    def audit_key(self) -> str:
        return f"satker:{self.pk}"
