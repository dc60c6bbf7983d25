from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="mail_rhythm",
            field=models.CharField(
                choices=[
                    ("setiap", "Setiap kabar"),
                    ("ringkasan", "Ringkasan harian"),
                    ("tidak", "Tidak dikirimi surel"),
                ],
                default="ringkasan",
                max_length=20,
                verbose_name="kiriman surel",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="unread_notices",
            field=models.PositiveIntegerField(
                default=0, editable=False, verbose_name="kabar belum dibaca"
            ),
        ),
    ]
