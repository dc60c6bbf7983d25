import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("menunggu", "Menunggu"),
                            ("berangkat", "Berangkat"),
                            ("terkirim", "Terkirim"),
                            ("gagal", "Gagal"),
                        ],
                        default="menunggu",
                        max_length=20,
                        verbose_name="keadaan",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="percobaan")),
                ("made_at", models.DateTimeField(verbose_name="dibuat pada")),
                (
                    "tried_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="dicoba pada"),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "surel",
                "verbose_name_plural": "surel",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tugas", "Tugas"),
                            ("diperiksa", "Pemeriksaan"),
                            ("sebutan", "Anda disebut"),
                            ("komentar", "Komentar"),
                            ("dikirim", "Penilaian dikirim"),
                            ("dikembalikan", "Penilaian dikembalikan"),
                            ("disetujui", "Penilaian disetujui"),
                            ("diperpanjang", "Waktu diperpanjang"),
                            ("pengingat", "Pengingat batas waktu"),
                            ("periode", "Periode penilaian"),
                            ("predikat", "Predikat"),
                            ("bukti", "Bukti dukung"),
                        ],
                        max_length=20,
                        verbose_name="jenis",
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="isi")),
                ("url", models.CharField(max_length=300, verbose_name="alamat")),
                (
                    "key",
                    models.CharField(blank=True, default="", max_length=100, verbose_name="kunci"),
                ),
                ("at", models.DateTimeField(verbose_name="waktu")),
                (
                    "read_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="dibaca pada"),
                ),
                (
                    "for_digest",
                    models.BooleanField(default=False, verbose_name="menunggu ringkasan"),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="notices.mail",
                        verbose_name="surel",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="penerima",
                    ),
                ),
            ],
            options={
                "verbose_name": "kabar",
                "verbose_name_plural": "kabar",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("state", "menunggu")), fields=["id"], name="mail_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["recipient", "-at", "-id"], name="notice_newest_first"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("for_digest", True)),
                fields=["recipient"],
                name="notice_for_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("recipient", "key"),
                name="notice_told_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("url__startswith", "/"), models.Q(("url__startswith", "//"), _negated=True)
                ),
                name="notice_url_is_a_path",
            ),
        ),
    ]
