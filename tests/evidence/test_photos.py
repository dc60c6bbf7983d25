"""Photographs lose their place and nothing else."""

import contextlib
import hashlib
import io
import struct
import time

import pytest
from PIL import Image

from evidence import vault
from evidence.errors import FileRefused, Reason
from evidence.models import EvidenceFile
from evidence.photos import MOST_STEPS, without_place
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


def with_segment(content, *segments, picture=None):
    """A JPEG that begins with these APP1 segments."""
    picture = picture or image("JPEG")
    made = b"".join(b"\xff\xe1" + struct.pack(">H", len(each) + 2) + each for each in segments)
    return picture[:2] + made + picture[2:] + content


def tiff(order, *directories):
    """An Exif segment with these directories in a chain: lists of (tag, type, count, value)."""
    made = b"Exif\0\0" + (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}L", 8)
    for number, entries in enumerate(directories, start=1):
        at = len(made) - 6
        made += struct.pack(f"{order}H", len(entries))
        made += b"".join(struct.pack(f"{order}HHLL", *entry) for entry in entries)
        after = at + 2 + 12 * len(entries) + 4
        made += struct.pack(f"{order}L", after if number < len(directories) else 0)
    return made


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("before", [0, 1])
def test_in_the_directory_of_the_thumbnail(order, before):
    """The picture's own directory may stand before the one that points to the place."""
    empty, start = [(CAMERA, 2, 1, 0)], 8 + 18 * (before + 1)
    latitude = b"LATITUDE 6 10 30.5 SOUTH"  # as three fractions of eight bytes
    place = struct.pack(f"{order}HHHLL", 1, 2, 5, 3, start + 18) + bytes(4) + latitude
    segment = tiff(order, *[empty] * before, [(GPS, 4, 1, start)]) + place + b"after"

    clean = cleaned(with_segment(b"", segment))

    assert clean == with_segment(b"", segment).replace(place[:14] + bytes(4) + latitude, bytes(42))


@pytest.mark.parametrize("order", ["<", ">"])
def test_pictures_of_the_multi_picture_format(order):
    """Each has its own Exif; the first one tells where the others lie."""
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("green", "red")]
    exif = Image.open(io.BytesIO(photo(order=order))).info["exif"]
    target = io.BytesIO()
    frames[0].save(target, "MPO", save_all=True, append_images=frames[1:], exif=exif)
    content = target.getvalue()
    second = photo(order=order)
    content = content[: content.rindex(b"\xff\xd8\xff")] + second
    assert content.count(b"Exif\0\0") == 2

    clean = cleaned(content)

    for at in (0, clean.rindex(b"\xff\xd8\xff")):
        assert dict(Image.open(io.BytesIO(clean[at:])).getexif().get_ifd(GPS)) == {}
    assert (b"2026:03:05\0" in content, b"2026:03:05\0" in clean) == (True, False)


def test_a_thumbnail_with_its_own():
    inner = photo()
    segment = tiff("<", [(0x0201, 4, 1, 26)]) + inner

    clean = cleaned(with_segment(b"", segment))

    thumbnail = clean[clean.index(b"\xff\xd8\xff", 2) :]
    assert dict(Image.open(io.BytesIO(thumbnail)).getexif().get_ifd(GPS)) == {}


def box(kind, *inner):
    """One box of a film (ISO/IEC 14496-12)."""
    content = b"".join(inner)
    return struct.pack(">L4s", 8 + len(content), kind) + content


@pytest.mark.parametrize(
    ("place", "rest"),
    [
        (b"-06.1751+106.8272", b"/"),
        (b"-06.1751+106.8272", b"+008.850/"),
        (b"-0610.51+10649.63", b"/"),
        (b"+05.55+95.32", b"/"),
        (b"-6.1751+106.827234567891", b""),
    ],
)
def test_the_film_of_a_photograph_that_moves(place, rest):
    said = box(b"\xa9xyz", struct.pack(">HH", len(place + rest), 0x15C7), place + rest)
    film = box(b"ftyp", b"isom") + box(b"mdat", b"\0" * 64) + box(b"moov", box(b"udta", said))
    picture = photo(place=False)

    assert cleaned(picture + film) == picture + film.replace(place, b" " * len(place))


def test_numbers_of_other_kinds_stay():
    kept = box(b"ftyp", b"+62 21 3811/ 10.5-100.25/ +62+8123456/ 2026-03-05/ -1.5 +2.5")

    assert cleaned(photo(place=False) + kept) is None
    assert cleaned(photo(place=False) + b"-06.1751+106.8272/") is None  # in no film


def test_what_is_no_segment_stays_as_it_is():
    """In a comment, or a length that ends before: no reader takes it for metadata."""
    said = photo()[photo().index(b"Exif\0\0") :][:200]

    assert cleaned(image("JPEG") + b"\xff\xfe\0\xff" + said) is None
    assert cleaned(image("JPEG") + b"\xff\xe1\0\x0c" + said) is None


def test_nothing_beyond_its_segment_is_overwritten():
    behind = b"PIXELS" * 50
    place = struct.pack("<HHHLL", 1, 2, 5, 60_000, 8 + 18) + b"\0\0\0\0"
    content = with_segment(behind, tiff("<", [(GPS, 4, 1, 26)]) + place)

    clean = cleaned(content)

    assert clean.endswith(content[content.index(b"\xff\xdb") :])


def shared_table(headers, order="<"):
    """Headers that all point to one directory of a thousand GPS pointers: kilobytes that stand for
    millions of steps."""
    table = headers * 14
    entries = struct.pack(f"{order}HHLL", GPS, 4, 1, table + 2 + 12000) * 1000
    mark = b"II*\0" if order == "<" else b"MM\0*"
    body = b"".join(
        b"Exif\0\0" + mark + struct.pack(f"{order}L", table - (14 * number + 6))
        for number in range(headers)
    )
    return body + struct.pack(f"{order}H", 1000) + entries + b"\xff" * (table + 12018)


def many(count, kind=b"Exif\0\0II*\0\x08\0\0\0"):
    return with_segment(kind * count)


def nested(count):
    """Each within the segment of the one before, their directories all over the same 60 kB."""
    head = b"\xff\xe1\xff\xf0Exif\0\0II*\0" + struct.pack("<L", 14 * count)
    return with_segment(head * count + struct.pack("<HHL", 5000, GPS, 4) * 6000)


def endless_chain():
    """A directory that comes after itself, and one that has itself for a place."""
    segment = tiff("<", [(GPS, 4, 1, 8)])
    return with_segment(b"", segment[:-4] + struct.pack("<L", 8))


HOSTILE = {
    "ten headers": with_segment(b"", shared_table(10)),
    "hundred headers": with_segment(b"", shared_table(100)),
    "as segments": with_segment(b"", *[shared_table(1)] * 200),
    "big endian": with_segment(b"", *[shared_table(1, ">")] * 200),
    "headers without end": many(1_000_000),
    "segments without end": many(500_000, b"\xff\xe1\xff\xffExif\0\0MM\0*\0\0\0\x08"),
    "nested": nested(2000),
    "xmp without end": many(1_000_000, b"exif:GPSa>x<"),
    "spaces": many(1, b"exif:GPSLatitude" + b" " * 5_000_000),
    "equal signs": many(300_000, b"exif:GPSLatitude ="),
    "a chain in a circle": endless_chain(),
    "digits": many(1, b"ftyp+06.17+" + b"1" * 19_000_000),
    "signs": many(1, b"ftyp" + b"+06.1+1" * 2_700_000),
    "films": many(2_400_000, b"ftyp+12."),
    "places without end": many(1, b"ftyp" + b"-06.1+106.8/" * 1_600_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_metadata_are_answered_at_once(name):
    began = time.process_time()

    with contextlib.suppress(FileRefused):
        cleaned(HOSTILE[name])

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "name", ["headers without end", "as segments", "xmp without end", "places without end"]
)
def test_more_than_can_be_looked_through_is_not_stored(satker, operator, name):
    with pytest.raises(FileRefused, match="terlalu banyak untuk diperiksa") as refusal:
        store(satker=satker, upload=upload("Foto.jpg", HOSTILE[name]), by=operator)

    assert refusal.value.reason is Reason.TOO_MANY_ENTRIES
    assert not EvidenceFile.objects.exists()
    assert not any(path.is_file() for path in vault.path_of("").rglob("*"))


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_the_edge_of_what_is_looked_through(more, refused):
    content = many(MOST_STEPS - 30 + more * 31, b"exif:GPSa>x<")
    if not refused:
        assert b"GPSa>x" not in cleaned(content)
        return
    with pytest.raises(FileRefused):
        cleaned(content)


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
