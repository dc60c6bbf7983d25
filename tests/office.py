"""Spreadsheets as LibreOffice computes them."""

import subprocess
from pathlib import Path

from openpyxl import Workbook, load_workbook

SECONDS = 120

# 0: compute every formula when the file is opened. By default LibreOffice believes the results
# that the file's writer has stored.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
 </item>
</oor:items>
"""


class LibreOffice:
    """One program with a profile of its own, so that several can work side by side."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program = program
        self.folder = folder
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(PROFILE, encoding="utf-8")

    def recalculate(self, path: Path) -> Workbook:
        """The workbook with values in place of formulas, as LibreOffice computes them."""
        out = self.folder / "out"
        subprocess.run(
            [
                self.program,
                f"-env:UserInstallation={(self.folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                "xlsx",
                "--outdir",
                str(out),
                str(path),
            ],
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )
        return load_workbook(out / f"{path.stem}.xlsx", data_only=True)
