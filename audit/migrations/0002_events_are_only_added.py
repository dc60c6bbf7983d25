"""UPDATE and DELETE (and TRUNCATE on PostgreSQL) of an audit event are refused."""

from django.db import migrations

from audit import triggers


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(triggers.install, triggers.remove)]
