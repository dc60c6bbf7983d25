"""The real server: start, static files, headers, a crash, and a page in Chromium."""

import re
import urllib.request

from common.storage import collect_static_files


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.headers, answer.read()


def test_static_files_are_named_by_content_compressed_and_kept(server):
    _, _, page = get(f"{server.url}/masuk/")
    style = re.search(rb'href="(/static/css/pmpzi\.[0-9a-f]{12}\.css)"', page)

    status, headers, _ = get(server.url + style[1].decode(), **{"Accept-Encoding": "br, gzip"})

    assert status == 200
    assert headers["Content-Encoding"] == "br"
    assert headers["Cache-Control"] == "max-age=315360000, public, immutable"


def test_scripts_import_each_other_by_their_hashed_names(server):
    manifest = (server.folder / "static" / "staticfiles.json").read_text(encoding="utf-8")
    names = re.findall(r'"(js/[^"]+\.[0-9a-f]{12}\.js)"', manifest)

    imported = {
        name
        for script in names
        for name in re.findall(
            r"""(?:from|import)\s*["'](\.[^"']+)["']""",
            (server.folder / "static" / script).read_text(encoding="utf-8"),
        )
    }

    assert names
    assert not [name for name in imported if not re.search(r"\.[0-9a-f]{12}\.js$", name)]


def test_starts_again_after_a_crash_with_its_data(server):
    server.manage("shell", "-v0", "-c", "from django.core.cache import cache; cache.set('k', 'v')")

    server.kill()
    server.start()

    show = "from django.core.cache import cache; print(cache.get('k'))"
    assert server.manage("shell", "-v0", "-c", show) == "v\n"
    assert get(f"{server.url}/siap")[0] == 200


def test_the_sign_in_page_in_a_browser(page):
    answer = page.goto("/")

    assert answer.status == 200
    assert page.url.endswith("/masuk/?next=/")
    assert page.locator("input[name=login]").count() == 1


def test_static_files_are_collected_anew_only_when_a_source_has_changed(tmp_path, settings):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "page.css").write_text("p { color: red }")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = str(target)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "common.storage.StaticStorage"}
    }

    done = [collect_static_files(target), collect_static_files(target)]
    (source / "page.css").write_text("p { color: blue; }")
    done.append(collect_static_files(target))

    assert done == [True, False, True]
    assert len(list(target.glob("page.*.css"))) == 2
