from django.db import models


class BareRow(models.Model):
    """What the bare save writes and reads. Made by ``migrate --run-syncdb``, never shipped."""

    group = models.PositiveIntegerField(db_index=True)
    text = models.TextField()
    value = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return self.value
