import pytest
from django.core.files.storage import storages
from django.db import connection


class TestAlive:
    def test_answers_strangers(self, client):
        response = client.get("/sehat")

        assert (response.status_code, response.content) == (200, b"sehat\n")

    def test_asks_nothing_of_the_database(self, client):
        # Without the django_db mark a query would raise.
        assert client.get("/sehat").status_code == 200

    def test_refuses_post(self, client):
        assert client.post("/sehat").status_code == 405


@pytest.mark.django_db
class TestReady:
    def test_answers_strangers(self, client):
        response = client.get("/siap")

        assert (response.status_code, response.content) == (200, b"siap\n")

    def test_not_ready_while_a_migration_is_missing(self, client):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

        response = client.get("/siap")

        assert (response.status_code, response.content) == (503, b"belum siap\n")

    def test_not_ready_while_evidence_cannot_be_written(self, client, tmp_path, settings):
        blocked = tmp_path / "file"
        blocked.write_text("not a folder")
        settings.STORAGES = settings.STORAGES | {
            "evidence": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": blocked},
            }
        }

        response = client.get("/siap")

        assert storages["evidence"].location == str(blocked)
        assert (response.status_code, response.content) == (503, b"belum siap\n")
