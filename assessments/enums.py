from django.db import models


class Status(models.TextChoices):
    DRAFT = "draf", "Draf"
    SUBMITTED = "dikirim", "Dikirim"
    IN_REVIEW = "diverifikasi", "Diverifikasi"
    RETURNED = "dikembalikan", "Dikembalikan"
    APPROVED = "disetujui", "Disetujui"


EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})
REVIEWABLE = frozenset({Status.SUBMITTED, Status.IN_REVIEW})


class Action(models.TextChoices):
    OPEN = "buka", "Penilaian dibuka"
    SUBMIT = "ajukan", "Dikirim"
    BEGIN_REVIEW = "mulai_verifikasi", "Verifikasi dimulai"
    RETURN = "kembalikan", "Dikembalikan"
    APPROVE = "setujui", "Disetujui"
    EXTEND = "perpanjang", "Waktu diperpanjang"


class Tier(models.TextChoices):
    MANDIRI = "mandiri", "Penilaian mandiri"
    PENDAHULUAN = "pendahuluan", "Penilaian pendahuluan"
    TPI = "tpi", "Evaluasi TPI"


class Verdict(models.TextChoices):
    SESUAI = "sesuai", "Sesuai"
    KURANG_SESUAI = "kurang_sesuai", "Kurang sesuai"
    TIDAK_SESUAI = "tidak_sesuai", "Tidak sesuai"


class Target(models.TextChoices):
    WBK = "WBK", "WBK"
    WBBM = "WBBM", "WBBM"


class NodeKind(models.TextChoices):
    COMPONENT = "component", "Komponen"
    SUBCOMPONENT = "subcomponent", "Subkomponen"
    AREA = "area", "Area"
    SECTION = "section", "Bagian"


class AnswerKind(models.TextChoices):
    CHOICE = "choice", "Pilihan"
    NUMBER = "number", "Angka"
    RATIO = "ratio", "Persentase"
    DECREASE = "decrease", "Penurunan"

    @property
    def counts(self) -> bool:
        """Answered by whole numbers in several inputs, not by one value."""
        return self in {AnswerKind.RATIO, AnswerKind.DECREASE}
