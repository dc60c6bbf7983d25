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


class RejectionReason(models.TextChoices):
    """Why a reviewer grants less than the satker claims; counted over satker (decision 46)."""

    WRONG_DOCUMENT = "wrong_document", "Dokumen tidak sesuai pertanyaan"
    DRAFT_FILE = "draft_file", "Masih konsep"
    UNSIGNED = "unsigned", "Belum sah"
    OUT_OF_PERIOD = "out_of_period", "Di luar periode"
    INCOMPLETE_SET = "incomplete_set", "Berkas belum lengkap"
    UNREADABLE = "unreadable", "Tidak terbaca"
    LINK_BROKEN = "link_broken", "Tautan tidak bisa dibuka"
    CLAIM_ABOVE_EVIDENCE = "claim_above_evidence", "Jawaban lebih tinggi dari bukti"
    DATE_MISMATCH = "date_mismatch", "Tanggal antarberkas tidak cocok"
    NO_FOLLOW_UP = "no_follow_up", "Belum ada tindak lanjut"
    FREQUENCY_SHORT = "frequency_short", "Frekuensi kurang"
    SCOPE_SHORT = "scope_short", "Cakupan belum penuh"
    NUMBER_MISMATCH = "number_mismatch", "Angka tidak cocok"
    NO_IMPACT = "no_impact", "Perubahan belum terlihat"
    OTHER_UNIT = "other_unit", "Dokumen unit lain"
    EXPLANATION_MISSING = "explanation_missing", "Penjelasan kosong atau umum"
    PAGE_UNMARKED = "page_unmarked", "Bukti sulit ditemukan"
    PERSONAL_DATA = "personal_data", "Memuat data pribadi"
    SURVEY_INVALID = "survey_invalid", "Survei tidak memenuhi syarat"
    INSTRUMENT_CHANGED = "instrument_changed", "Butir berubah"


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


class FindingKind(models.TextChoices):
    """What a check of a sheet can find on a question. The first four stand in the way of sending
    (`BLOCKING`), the last in the way of approving; the others ask for a reason (decision 45)."""

    ANSWER = "belum_dijawab", "Belum dijawab"
    CONFIRMATION = "belum_dikonfirmasi", "Jawaban tahun lalu belum dikonfirmasi"
    EVIDENCE = "tanpa_bukti", "Dinilai di atas 0 tanpa bukti wajib"
    FIGURES = "angka_mustahil", "Bagian melebihi keseluruhan"
    FIGURES_DIFFER = "angka_berbeda", "Angka saling bertentangan"
    NOTE = "catatan_kosong", "Pilihan terbaik tanpa catatan"
    OLD = "bukti_lama", "Bukti di luar periode"
    UNDATED = "bukti_tanpa_tanggal", "Bukti tanpa tanggal dokumen"
    DOCUMENT = "dokumen_kurang", "Dokumen wajib belum ada"
    UNCHECKED = "belum_diperiksa", "Belum diperiksa koordinator"
    VERDICT = "belum_diverifikasi", "Belum diverifikasi"


BLOCKING = frozenset(
    {FindingKind.ANSWER, FindingKind.CONFIRMATION, FindingKind.EVIDENCE, FindingKind.FIGURES}
)
