"""What the tests of the simulation and of its scenarios share."""

import html
import re

from django.urls import reverse

from assessments.enums import Tier
from assessments.models import Scenario
from assessments.services.scenarios import save_scenario
from assessments.simulation import digest_of, fields_of
from assessments.worksheet import load_entries

CODE = "A.I.1.i.b"  # A 1,00, B 0,50, C 0,00
COUNTS = "A.II.1.i.a"  # n1 agents, n2 changes
INDEX = "B.I.a"  # 0 to 4


def url(sheet, name="simulate", *more, query=""):
    return reverse(f"assessments:{name}", args=[sheet.pk, *more]) + query


def text_of(response) -> str:
    """What the page says, without its markup."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(plain).split())


def row_of(response, code) -> str:
    _, _, rest = response.content.decode().partition(f'data-row="{code}"')
    return rest.partition('<div class="sim-row')[0]


def everything_posted(worksheet, sheet, **changes) -> dict[str, str]:
    """All fields of the page, as a browser without script sends them."""
    entries = load_entries(worksheet, sheet.pk, Tier.MANDIRI)
    fields = {}
    for code in worksheet.by_code:
        for key, text in fields_of(worksheet, {code: entries.get(code, {})})[code].items():
            fields[code if key == "value" else f"{code}.{key}"] = text
    return fields | {"dasar": digest_of(entries)} | changes


def kept(sheet, by, name="Rencana", fields=None) -> Scenario:
    return save_scenario(
        assessment=sheet, name=name, fields=fields or {CODE: {"value": "A"}}, by=by
    )
