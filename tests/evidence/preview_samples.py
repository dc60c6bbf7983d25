"""Files with something to see, of every kind; and hostile ones."""

import io
import zlib
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from PIL import Image

from tests.evidence.samples import DOCUMENT, SLIDES, content_types, zipped

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
POINT = "http://schemas.openxmlformats.org/presentationml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ORIENTATION = 0x0112  # the Exif tag
TURN_RIGHT = 6  # its value: the top of the picture is at the right of what was stored


def pages(
    count: int = 3,
    *,
    size: str = "0 0 595 842",
    say: str = "Halaman",
    drawing: bytes | None = None,
    packed: bytes = b"",
) -> bytes:
    """A PDF whose pages say which they are. drawing: what is drawn instead; packed: that, as
    `zlib` packs it."""
    objects: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    kids = []
    for number in range(1, count + 1):
        stream = (
            packed or drawing or b"BT /F1 24 Tf 72 700 Td (%s %d) Tj ET" % (say.encode(), number)
        )
        kind = b"/Filter/FlateDecode" if packed else b""
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>>>" % (size.encode(), len(objects) + 2)
        )
        objects.append(b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(stream), kind, stream))
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, listed)
    return _assembled(objects)


def endless_drawing() -> bytes:
    """A PDF of some kilobytes whose only page is filled a hundred million times over."""
    patterns = b"<</Type/XObject/Subtype/Form/BBox[0 0 600 850]/Resources<</XObject<</X %d 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>",
        _stream(b"<<", b"/X Do " * 30),
    ]
    for level in range(5):
        objects.append(_stream(patterns % (6 + level), b"/X Do " * 30))
    filled = b"0 0 600 850 re f 0.5 g " * 20
    objects.append(_stream(b"<</Type/XObject/Subtype/Form/BBox[0 0 600 850]", filled))
    return _assembled(objects)


def slow_pages(count: int) -> bytes:
    """A PDF of some kilobytes whose first page is drawn at once, and each other one in minutes."""
    kids = range(5, 5 + count)
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    shading = b"0 0 m 300 400 100 100 50 300 c 10 5 300 200 7 390 c f " * 50_000
    packed = zlib.compress(b"/G gs " + shading, 9)
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]%s/Resources<</ExtGState<</G 4 0 R>>>>>>"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, listed),
        _stream(b"<</Filter/FlateDecode", packed),
        b"<</Type/ExtGState/ca 0.5/BM/Luminosity>>",
        page % b"",
        *[page % b"/Contents 3 0 R"] * (count - 1),
    ]
    return _assembled(objects)


def large_picture_pdf(side: int = 40_000) -> bytes:
    """A PDF of some megabytes whose picture takes gigabytes: rows of zeros, packed twice."""
    packed = zlib.compress(packed_blank(side * side, b"\0"), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>",
        _stream(b"<<", b"595 0 0 842 0 0 cm /X Do"),
        _stream(
            b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
            b"/BitsPerComponent 8/Filter[/FlateDecode/FlateDecode]" % (side, side),
            packed,
        ),
    ]
    return _assembled(objects)


def packed_blank(length: int, byte: bytes = b" ") -> bytes:
    """So many equal bytes, packed without ever being there."""
    packer = zlib.compressobj(1)
    chunk = byte * (1024 * 1024)
    pieces = [packer.compress(chunk) for _ in range(length // len(chunk))]
    return b"".join([*pieces, packer.compress(byte * (length % len(chunk))), packer.flush()])


def photo(*, turned: bool = False, size: tuple[int, int] = (400, 300)) -> bytes:
    """A JPEG, red at the left and blue at the right as it is stored; turned: meant upright."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010F] = "KameraRahasia"
    if turned:
        exif[ORIENTATION] = TURN_RIGHT
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def see_through() -> bytes:
    """A PNG that shows nothing but its ground."""
    target = io.BytesIO()
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(target, "PNG")
    return target.getvalue()


def document(body: str, *, before: str = "") -> bytes:
    """A docx. body: XML within w:body; before: what stands ahead of the root."""
    xml = f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return zipped(
        {
            "[Content_Types].xml": content_types(DOCUMENT, "word/document.xml"),
            "_rels/.rels": _relations({"r1": ("officeDocument", "word/document.xml")}),
            "word/document.xml": xml,
        }
    )


def paragraphs(*texts: str) -> str:
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)


def table(*rows: Sequence[str]) -> str:
    lines = ("".join(f"<w:tc>{paragraphs(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def slides(*texts: str) -> bytes:
    """A pptx that shows the texts in this order, though its parts are numbered the other way."""
    count = len(texts)
    order = "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in range(1, count + 1))
    entries: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(SLIDES, "ppt/presentation.xml"),
        "_rels/.rels": _relations({"r1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{POINT}" xmlns:r="{OFFICE_RELATIONS}">'
        f"<p:sldIdLst>{order}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(
            {f"r{n}": ("slide", f"slides/slide{count - n + 1}.xml") for n in range(1, count + 1)}
        ),
    }
    for number, text in enumerate(texts, start=1):
        entries[f"ppt/slides/slide{count - number + 1}.xml"] = (
            f'<p:sld xmlns:p="{POINT}" xmlns:a="{DRAWING}"><a:p><a:r><a:t>{text}</a:t></a:r></a:p>'
            "</p:sld>"
        )
    return zipped(entries)


def workbook(sheets: dict[str, Iterable[Sequence[object]]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE_RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{RELATIONS}">{lines}</Relationships>'


def _stream(dictionary: bytes, content: bytes) -> bytes:
    return b"%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(content), content)


def _assembled(objects: Sequence[bytes]) -> bytes:
    body = bytearray(b"%PDF-1.4\n")
    places = []
    for number, value in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(body)


def huge_png(side: int) -> bytes:
    """A PNG that says it has side times side pixels, and has none."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    head = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


# What is read of them ---------------------------------------------------------------------

DAMAGED, LOCKED = "Isinya rusak atau tidak lengkap.", "Berkas ini terkunci kata sandi."
EMPTY = "Tidak ada teks di dalamnya."
TOO_LARGE = "Isinya terlalu besar atau terlalu rumit untuk ditampilkan di halaman."
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def picture(content):
    opened = Image.open(io.BytesIO(content))
    opened.load()
    return opened


def lines(sheet):
    return [line for block in sheet.blocks for line in block.lines]
