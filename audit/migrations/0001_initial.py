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
            name="Chain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True, verbose_name="kunci")),
                (
                    "count",
                    models.PositiveBigIntegerField(default=0, verbose_name="jumlah peristiwa"),
                ),
                (
                    "hash",
                    models.CharField(
                        blank=True, default="", max_length=64, verbose_name="sidik terakhir"
                    ),
                ),
            ],
            options={
                "verbose_name": "rantai audit",
                "verbose_name_plural": "rantai audit",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(verbose_name="nomor")),
                ("at", models.DateTimeField(verbose_name="waktu")),
                ("action", models.CharField(max_length=40, verbose_name="peristiwa")),
                ("subject", models.CharField(max_length=200, verbose_name="tentang")),
                ("before", models.TextField(blank=True, default="", verbose_name="sebelum")),
                ("after", models.TextField(blank=True, default="", verbose_name="sesudah")),
                (
                    "request_id",
                    models.CharField(
                        blank=True, default="", max_length=64, verbose_name="nomor permintaan"
                    ),
                ),
                (
                    "previous_hash",
                    models.CharField(
                        blank=True, default="", max_length=64, verbose_name="sidik sebelumnya"
                    ),
                ),
                ("hash", models.CharField(max_length=64, verbose_name="sidik")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="oleh",
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="audit.chain",
                        verbose_name="rantai",
                    ),
                ),
            ],
            options={
                "verbose_name": "peristiwa audit",
                "verbose_name_plural": "peristiwa audit",
                "indexes": [models.Index(fields=["-at"], name="event_at")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("chain", "number"), name="event_number_once_a_chain"
                    )
                ],
            },
        ),
    ]
