from django.db import models


class Kind(models.TextChoices):
    """What a notice is about; the words are also the subject of its e-mail."""

    TASK = "tugas", "Tugas"
    CHECKED = "diperiksa", "Pemeriksaan"
    MENTION = "sebutan", "Anda disebut"
    COMMENT = "komentar", "Komentar"
    SUBMITTED = "dikirim", "Penilaian dikirim"
    RETURNED = "dikembalikan", "Penilaian dikembalikan"
    APPROVED = "disetujui", "Penilaian disetujui"
    EXTENDED = "diperpanjang", "Waktu diperpanjang"
    REMINDER = "pengingat", "Pengingat batas waktu"
    PERIOD = "periode", "Periode penilaian"
    PREDIKAT = "predikat", "Predikat"
    EVIDENCE = "bukti", "Bukti dukung"


class MailState(models.TextChoices):
    WAITING = "menunggu", "Menunggu"
    SENDING = "berangkat", "Berangkat"
    SENT = "terkirim", "Terkirim"
    FAILED = "gagal", "Gagal"
