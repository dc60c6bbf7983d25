import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Satker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="kode")),
                ("name", models.CharField(max_length=200, verbose_name="nama")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pusat", "Kementerian Agama pusat"),
                            ("eselon1", "Unit eselon I"),
                            ("kanwil", "Kantor Wilayah"),
                            ("kankemenag", "Kantor Kementerian Agama kabupaten/kota"),
                            ("ptkn_uin", "Universitas Islam Negeri"),
                            ("ptkn_iain", "Institut Agama Islam Negeri"),
                            ("ptkn_stain", "Sekolah Tinggi Agama Islam Negeri"),
                            ("ptkn_kristen", "Perguruan tinggi Kristen negeri"),
                            ("ptkn_katolik", "Perguruan tinggi Katolik negeri"),
                            ("ptkn_hindu", "Perguruan tinggi Hindu negeri"),
                            ("ptkn_buddha", "Perguruan tinggi Buddha negeri"),
                            ("man", "Madrasah Aliyah Negeri"),
                            ("mtsn", "Madrasah Tsanawiyah Negeri"),
                            ("min", "Madrasah Ibtidaiyah Negeri"),
                            ("balai_diklat", "Balai Diklat Keagamaan"),
                            ("balai_litbang", "Balai Litbang Agama"),
                            ("asrama_haji", "UPT Asrama Haji"),
                            ("upt_lain", "UPT pusat lain"),
                            ("kua", "Kantor Urusan Agama kecamatan"),
                        ],
                        max_length=20,
                        verbose_name="jenis",
                    ),
                ),
                (
                    "province_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("11", "Aceh"),
                            ("12", "Sumatera Utara"),
                            ("13", "Sumatera Barat"),
                            ("14", "Riau"),
                            ("15", "Jambi"),
                            ("16", "Sumatera Selatan"),
                            ("17", "Bengkulu"),
                            ("18", "Lampung"),
                            ("19", "Kepulauan Bangka Belitung"),
                            ("21", "Kepulauan Riau"),
                            ("31", "DKI Jakarta"),
                            ("32", "Jawa Barat"),
                            ("33", "Jawa Tengah"),
                            ("34", "Daerah Istimewa Yogyakarta"),
                            ("35", "Jawa Timur"),
                            ("36", "Banten"),
                            ("51", "Bali"),
                            ("52", "Nusa Tenggara Barat"),
                            ("53", "Nusa Tenggara Timur"),
                            ("61", "Kalimantan Barat"),
                            ("62", "Kalimantan Tengah"),
                            ("63", "Kalimantan Selatan"),
                            ("64", "Kalimantan Timur"),
                            ("65", "Kalimantan Utara"),
                            ("71", "Sulawesi Utara"),
                            ("72", "Sulawesi Tengah"),
                            ("73", "Sulawesi Selatan"),
                            ("74", "Sulawesi Tenggara"),
                            ("75", "Gorontalo"),
                            ("76", "Sulawesi Barat"),
                            ("81", "Maluku"),
                            ("82", "Maluku Utara"),
                            ("91", "Papua Barat"),
                            ("92", "Papua Barat Daya"),
                            ("94", "Papua"),
                            ("95", "Papua Selatan"),
                            ("96", "Papua Tengah"),
                            ("97", "Papua Pegunungan"),
                        ],
                        max_length=2,
                        verbose_name="provinsi",
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        editable=False, max_length=255, unique=True, verbose_name="jalur"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(editable=False, verbose_name="tingkat")),
                ("active", models.BooleanField(default=True, verbose_name="aktif")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="satker.satker",
                        verbose_name="induk",
                    ),
                ),
                (
                    "verifier",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verified_satker",
                        to="satker.satker",
                        verbose_name="diverifikasi oleh",
                    ),
                ),
            ],
            options={
                "verbose_name": "satker",
                "verbose_name_plural": "satker",
                "ordering": ["path"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("code"),
                        name="satker_code_once_in_any_case",
                        violation_error_message="Kode satker ini sudah dipakai.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "pusat")),
                        fields=("kind",),
                        name="satker_one_centre",
                        violation_error_message="Pusat hanya satu.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "pusat"),
                                ("parent__isnull", True),
                                ("verifier__isnull", True),
                            ),
                            models.Q(
                                ("parent__isnull", False),
                                ("verifier__isnull", False),
                                models.Q(("kind", "pusat"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="satker_only_the_centre_has_no_parent",
                        violation_error_message="Setiap satker selain pusat harus memiliki induk.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="satker_not_its_own_parent",
                        violation_error_message="Satker tidak dapat menjadi induknya sendiri.",
                    ),
                ],
            },
        ),
    ]
