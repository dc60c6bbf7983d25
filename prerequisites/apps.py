from django.apps import AppConfig


class PrerequisitesConfig(AppConfig):
    name = "prerequisites"
    verbose_name = "Prasyarat dan predikat"
