"""The project itself as an app: it brings the checks of a production set-up."""

from django.apps import AppConfig

from pmpzi import checks  # noqa: F401  (registers the checks)


class PmpziConfig(AppConfig):
    name = "pmpzi"
    verbose_name = "PMPZI"
