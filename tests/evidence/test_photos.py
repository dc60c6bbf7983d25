"""Photographs lose their place and nothing else."""

import hashlib
import io

import pytest
from PIL import Image

from evidence import vault
from evidence.photos import without_place
from evidence.resumable import open_upload
from evidence.services import store
from tests.evidence.samples import image, upload

GPS, ORIENTATION, MADE, CAMERA = 0x8825, 0x0112, 0x0132, 0x0110
PLACE = {1: "S", 2: (6.0, 10.0, 30.5), 3: "E", 4: (106.0, 49.0, 12.25), 29: "2026:03:05"}


def photo(*, place=True, xmp=b"", order="<"):
    picture = Image.new("RGB", (40, 30), "green")
    exif = Image.Exif()
    exif.endian = order
    exif[ORIENTATION], exif[MADE], exif[CAMERA] = 6, "2026:03:05 08:00:00", "Kamera"
    if place:
        exif.get_ifd(GPS).update(PLACE)
        exif[GPS] = exif.get_ifd(GPS)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif, **({"xmp": xmp} if xmp else {}))
    return buffer.getvalue()


def cleaned(content):
    with without_place(upload("a.jpg", content)) as found:
        return found and found.read()


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_place_is_gone_and_the_rest_is_there(order):
    content = photo(order=order)
    assert dict(Image.open(io.BytesIO(content)).getexif().get_ifd(GPS)) == PLACE

    clean = cleaned(content)

    picture = Image.open(io.BytesIO(clean))
    exif = picture.getexif()
    assert dict(exif.get_ifd(GPS)) == {}
    assert (exif[ORIENTATION], exif[MADE], exif[CAMERA]) == (6, "2026:03:05 08:00:00", "Kamera")
    assert picture.tobytes() == Image.open(io.BytesIO(content)).tobytes()
    assert len(clean) == len(content)
    assert b"2026:03:05\0" not in clean


def test_in_xmp_too():
    xmp = b'<x exif:GPSLatitude="6,10.5S"><exif:GPSLongitude>106,49E</exif:GPSLongitude></x>'

    clean = cleaned(photo(place=False, xmp=xmp))

    assert b"6,10.5S" not in clean
    assert b"106,49E" not in clean
    assert b"GPSLatitude" in clean


def test_a_second_picture_in_the_same_file():
    clean = cleaned(photo(place=False) + photo())

    second = clean[len(photo(place=False)) :]
    assert dict(Image.open(io.BytesIO(second)).getexif().get_ifd(GPS)) == {}


@pytest.mark.parametrize("content", [image("JPEG"), photo(place=False)])
def test_nothing_to_take_away(content):
    assert cleaned(content) is None


@pytest.mark.parametrize("cut", range(12, 200, 3))
def test_a_broken_directory_is_no_fault(cut):
    content = photo()
    at = content.index(b"Exif\0\0")

    cleaned(content[: at + cut] + b"\xff" * 40)


def test_stored_with_the_hash_of_what_is_stored(satker, operator):
    content = photo()

    file = store(satker=satker, upload=upload("Foto.jpg", content), by=operator)

    stored = vault.path_of(file.file.name).read_bytes()
    assert stored == cleaned(content)
    assert file.sha256 == hashlib.sha256(stored).hexdigest()
    assert file.sent_sha256 == hashlib.sha256(content).hexdigest()
    assert file.size == len(stored)


def test_the_same_photo_again_is_known_by_either_hash(satker, operator):
    content = photo()
    file = store(satker=satker, upload=upload("Foto.jpg", content), by=operator)

    assert store(satker=satker, upload=upload("Foto.jpg", content), by=operator) == file
    for sha256 in (file.sha256, file.sent_sha256):
        found = open_upload(
            satker=satker, name="x.jpg", content_type="", size=9, sha256=sha256, by=operator
        )
        assert found == file
