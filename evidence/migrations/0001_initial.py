import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import evidence.models
import evidence.vault


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("satker", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=60,
                        storage=evidence.vault.vault,
                        upload_to=evidence.models.upload_place,
                        verbose_name="berkas",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="nama berkas")),
                ("content_type", models.CharField(max_length=100, verbose_name="jenis isi")),
                ("size", models.PositiveBigIntegerField(verbose_name="ukuran (byte)")),
                ("sha256", models.CharField(max_length=64, verbose_name="sidik SHA-256")),
                (
                    "uploaded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="diunggah pada"
                    ),
                ),
                (
                    "satker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_files",
                        to="satker.satker",
                        verbose_name="satker",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="diunggah oleh",
                    ),
                ),
            ],
            options={
                "verbose_name": "bukti dukung",
                "verbose_name_plural": "bukti dukung",
                "ordering": ["uploaded_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("satker", "sha256", "name"),
                        name="evidence_once_a_satker",
                        violation_error_message="Berkas ini sudah ada.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)),
                        name="evidence_not_empty",
                        violation_error_message="Berkas kosong tidak disimpan.",
                    ),
                ],
            },
        ),
    ]
