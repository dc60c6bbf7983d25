"""The settings as other processes get them: production, demo, and what neither allows."""

import ast
import json
import os
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import override_settings
from django.utils.formats import date_format, localize, time_format
from django.utils.timezone import localtime

from pmpzi.environment import mail_settings, secret_key, site_url

ROOT = Path(__file__).resolve().parent.parent

PRODUCTION = {
    "DEMO": "",
    "DEBUG": "",
    "SECRET_KEY": "aK3-9xQz_7Lm2Wp8Rt5Yv1Bn6Cd4Ef0Gh-JkMnPqSuTwXyZ0a1b2c3d4e5f6",
    "ALLOWED_HOSTS": "pmpzi.example.go.id",
    "DATABASE_URL": "",
    "TRUSTED_PROXY_COUNT": "1",
}


def manage(*arguments, var_dir, stdin="", **environment):
    """manage.py in a process of its own; a variable set to nothing counts as not set."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    places = {"VAR_DIR": str(var_dir), "STATIC_ROOT": str(var_dir / "static")}
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        cwd=ROOT,
        env=inherited | places | environment,
        input=stdin,
        capture_output=True,
        text=True,
    )


class TestProduction:
    def test_deploy_checks_are_clean(self, tmp_path):
        result = manage(
            "check", "--deploy", "--fail-level", "WARNING", var_dir=tmp_path, **PRODUCTION
        )

        assert result.stderr == ""
        assert result.returncode == 0

    def test_does_not_start_without_a_key(self, tmp_path):
        result = manage("check", var_dir=tmp_path, **PRODUCTION | {"SECRET_KEY": ""})

        assert result.returncode == 1
        assert "SECRET_KEY belum diisi" in result.stderr
        assert list(tmp_path.iterdir()) == []

    def test_the_server_does_not_start_without_a_key(self, tmp_path):
        result = subprocess.run(
            [sys.executable, "-c", "import pmpzi.wsgi"],
            cwd=ROOT,
            env=os.environ | PRODUCTION | {"SECRET_KEY": "", "VAR_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
        )

        assert result.returncode == 1
        assert "SECRET_KEY belum diisi" in result.stderr

    def test_does_not_start_with_debug(self, tmp_path):
        result = manage("check", var_dir=tmp_path, **PRODUCTION | {"DEBUG": "1"})

        assert result.returncode == 1
        assert "DEBUG hanya boleh aktif bersama DEMO=1" in result.stderr

    @pytest.mark.parametrize(
        ("change", "identifier"),
        [
            ({"ALLOWED_HOSTS": ""}, "pmpzi.E001"),
            ({"ALLOWED_HOSTS": "*"}, "pmpzi.E002"),
            ({"VAR_DIR": "/nowhere/at/all"}, "pmpzi.E003"),
            ({"DEMO": "1"}, "pmpzi.W001"),
            ({"SECRET_KEY": "short"}, "security.W009"),
            ({"EMAIL_URL": "smtp://surel", "SITE_URL": "https://a.example"}, "pmpzi.W002"),
            ({"EMAIL_URL": "smtp://surel", "MAIL_FROM": "a@localhost"}, "pmpzi.W002"),
            ({"EMAIL_URL": "smtp://surel", "MAIL_FROM": "a@b.example"}, "pmpzi.W003"),
        ],
    )
    def test_deploy_checks_find(self, tmp_path, change, identifier):
        result = manage(
            "check", "--deploy", "--fail-level", "WARNING", var_dir=tmp_path, **PRODUCTION | change
        )

        assert result.returncode == 1
        assert identifier in result.stderr

    @pytest.mark.parametrize(
        ("value", "says"), [("ya", True), ("1x", True), ("2", False), ("Off", False), ("", False)]
    )
    def test_a_switch_that_is_neither_on_nor_off(self, tmp_path, value, says):
        result = manage("check", var_dir=tmp_path, **PRODUCTION | {"JOB_WORKER": value})

        assert result.returncode == 0
        assert ("pmpzi.W004" in result.stderr) is says

    def test_other_databases_are_refused(self, tmp_path):
        result = manage(
            "check", var_dir=tmp_path, **PRODUCTION | {"DATABASE_URL": "mysql://user@host/name"}
        )

        assert result.returncode == 1
        assert "DATABASE_URL harus diawali" in result.stderr

    def test_cookies_and_transport(self, tmp_path):
        names = [
            "DEBUG",
            "SESSION_COOKIE_SECURE",
            "CSRF_COOKIE_SECURE",
            "SECURE_SSL_REDIRECT",
            "SECURE_HSTS_SECONDS",
            "SECURE_PROXY_SSL_HEADER",
        ]
        show = "import json; from django.conf import settings as s; print(json.dumps(["
        show += ", ".join(f"s.{name}" for name in names) + "]))"

        result = manage("shell", "--verbosity", "0", "-c", show, var_dir=tmp_path, **PRODUCTION)

        assert json.loads(result.stdout) == [
            False,
            True,
            True,
            True,
            31_536_000,
            ["HTTP_X_FORWARDED_PROTO", "https"],
        ]


class TestMail:
    NAMES = ["BACKEND", "HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL"]

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("", ["dummy", None, 25, None, None, False, False]),
            ("smtp://surel", ["smtp", "surel", 25, None, None, False, False]),
            ("smtp+tls://a:p%40q@surel", ["smtp", "surel", 587, "a", "p@q", True, False]),
            ("smtp+ssl://a:b@surel:2465", ["smtp", "surel", 2465, "a", "b", False, True]),
        ],
    )
    def test_server(self, url, expected):
        found = mail_settings(url)

        backend = found["EMAIL_BACKEND"].split(".")[-2]
        told = [found.get(f"EMAIL_{name}", False) for name in self.NAMES[1:]]
        assert [backend, *told] == expected

    @pytest.mark.parametrize("url", ["surel.example", "http://surel", "smtp://", "smtp://:25"])
    def test_what_is_no_server(self, url):
        with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
            mail_settings(url)

    @pytest.mark.parametrize("url", ["pmpzi.example", "ftp://pmpzi.example", "https://", "//a"])
    def test_what_is_no_site(self, url):
        with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
            site_url(url)

    def test_site(self):
        assert site_url("https://pmpzi.example/") == "https://pmpzi.example"
        assert site_url("") == ""


class TestNoKeyNeeded:
    KEYLESS = PRODUCTION | {"SECRET_KEY": "", "ALLOWED_HOSTS": ""}

    def test_score(self, tmp_path):
        result = manage(
            "score",
            "--instrument",
            "lke-2021",
            "-",
            var_dir=tmp_path,
            stdin='{"answers": {}}',
            **self.KEYLESS,
        )

        assert (result.returncode, result.stderr) == (0, "")
        assert json.loads(result.stdout)["instrument"] == "lke-2021"
        assert list(tmp_path.iterdir()) == []

    def test_collectstatic(self, tmp_path):
        result = manage(
            "collectstatic", "--no-input", "--verbosity", "0", var_dir=tmp_path, **self.KEYLESS
        )

        assert (result.returncode, result.stderr) == (0, "")
        assert (tmp_path / "static" / "staticfiles.json").is_file()
        assert not (tmp_path / "secret-key").exists()


class TestDemoKey:
    def test_is_kept_for_the_owner_alone(self, tmp_path):
        first = secret_key("", demo=True, var_dir=tmp_path / "var")
        second = secret_key("", demo=True, var_dir=tmp_path / "var")

        path = tmp_path / "var" / "secret-key"
        assert first == second == path.read_text()
        assert len(first) >= 50
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert list(path.parent.iterdir()) == [path]

    def test_processes_that_start_together_agree(self, tmp_path):
        program = (
            "import sys; from pathlib import Path; from pmpzi.environment import secret_key;"
            "print(secret_key('', demo=True, var_dir=Path(sys.argv[1])))"
        )
        running = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
            )
            for _ in range(4)
        ]

        keys = {process.communicate()[0] for process in running}

        assert len(keys) == 1

    def test_a_given_key_wins(self, tmp_path):
        assert secret_key("given", demo=True, var_dir=tmp_path) == "given"
        assert list(tmp_path.iterdir()) == []

    def test_none_without_demo(self, tmp_path):
        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY belum diisi"):
            secret_key("", demo=False, var_dir=tmp_path)


def test_env_example_explains_every_variable():
    readers = ["pmpzi/settings.py", "pmpzi/management/commands/start.py", "gunicorn.conf.py"]
    read = {name for reader in readers for name in _variables(ROOT / reader)}
    text = (ROOT / ".env.example").read_text(encoding="utf-8")

    explained = re.findall(r"^#?([A-Z_]+)=", text, flags=re.MULTILINE)

    assert sorted(explained) == sorted(read)


def _variables(path):
    """The names that a file reads with env.str, env.int and the like."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "env"
            and node.func.attr != "read_env"
        ):
            yield node.args[0].value


class TestFormats:
    MOMENT = datetime(2026, 12, 31, 7, 3, tzinfo=UTC)

    def test_dates_and_times_as_people_write_them(self):
        local = localtime(self.MOMENT)

        assert date_format(local) == "31 Desember 2026"
        assert time_format(local) == "14.03"
        assert date_format(local, "DATETIME_FORMAT") == "31 Desember 2026 14.03"
        assert date_format(local, "SHORT_DATE_FORMAT") == "31/12/2026"

    def test_decimal_comma_and_no_thousand_separator(self):
        assert localize(Decimal("12345.60")) == "12345,60"


class TestPasswords:
    @override_settings(
        PASSWORD_HASHERS=[
            "django.contrib.auth.hashers.Argon2PasswordHasher",
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ]
    )
    def test_argon2(self):
        assert identify_hasher(make_password("kata sandi panjang")).algorithm == "argon2"

    @pytest.mark.parametrize("password", ["Pendek-1234", "1234567890123", "password1234"])
    def test_weak_ones_are_refused(self, password):
        with pytest.raises(ValidationError):
            validate_password(password)

    def test_a_long_one_passes(self):
        validate_password("kuda-lumping-73-biru")


def test_argon2_comes_first_in_production(tmp_path):
    show = "from django.contrib.auth.hashers import get_hasher; print(get_hasher().algorithm)"

    result = manage("shell", "--verbosity", "0", "-c", show, var_dir=tmp_path, **PRODUCTION)

    assert result.stdout == "argon2\n"


def test_sqlite_keeps_what_it_acknowledged(tmp_path):
    show = (
        "from django.db import connection as c; k = c.cursor();"
        "k.execute('PRAGMA journal_mode'); mode = k.fetchone()[0];"
        "k.execute('PRAGMA synchronous'); sync = k.fetchone()[0];"
        "k.execute('PRAGMA foreign_keys'); keys = k.fetchone()[0];"
        "k.execute('PRAGMA busy_timeout'); wait = k.fetchone()[0];"
        "print(mode, sync, keys, wait, c.transaction_mode)"
    )

    result = manage("shell", "--verbosity", "0", "-c", show, var_dir=tmp_path, **PRODUCTION)

    full = 2
    assert result.stdout == f"wal {full} 1 20000 IMMEDIATE\n"


def test_evidence_is_for_the_owner_alone():
    options = settings.STORAGES["evidence"]["OPTIONS"]

    assert (options["file_permissions_mode"], options["directory_permissions_mode"]) == (
        0o600,
        0o700,
    )


class TestStart:
    """``manage.py start`` refuses before it has touched anything."""

    @pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000 "])
    def test_a_port_that_is_none(self, tmp_path, port):
        result = manage("start", var_dir=tmp_path, DEMO="1", PORT=port)

        assert result.returncode == 1
        assert "bukan nomor porta" in result.stderr
        assert "Traceback" not in result.stderr

    def test_a_database_that_does_not_answer(self, tmp_path):
        address = "postgres://siapa:rahasia@127.0.0.1:1/tidak_ada"

        result = manage("start", var_dir=tmp_path, DEMO="1", PORT="18765", DATABASE_URL=address)

        assert result.returncode == 1
        assert "DATABASE_URL tidak dapat dihubungi" in result.stderr
        assert "rahasia" not in result.stderr
        assert "Traceback" not in result.stderr
