"""Word files as PDF by LibreOffice, where it is installed: the same bytes for the same input.

LibreOffice writes the clock and a random identifier into a PDF; both are replaced. Its version and
the fonts of the machine still decide how a page looks, so these PDFs are the same on one machine
only. What could be made is kept in build/pdf/ and made again when its Word file changes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.cache import digest_file
from pipeline.errors import StudyError
from pipeline.frames import replace_text
from pipeline.study import StudyFolder

KEPT = "build/pdf"
COMMANDS = ("soffice", "libreoffice")
SECONDS = 1800
CREATED = re.compile(rb"/CreationDate\(D:\d{14}Z'\)")
CHECKSUM = re.compile(rb"/DocChecksum /([0-9A-F]{32})")
IDENTIFIER = re.compile(rb"/ID \[ <([0-9A-F]{32})>\s<([0-9A-F]{32})> \]")


def office() -> str:
    """The command of LibreOffice; empty where there is none."""
    return next((found for name in COMMANDS if (found := shutil.which(name))), "")


def office_version() -> str:
    """What LibreOffice says of itself; empty where there is none."""
    command = office()
    if not command:
        return ""
    with tempfile.TemporaryDirectory() as place:
        return _run([command, "--version"], Path(place)).strip()


def office_pdfs(folder: StudyFolder, wanted: Mapping[str, str]) -> dict[str, str]:
    """Target -> its PDF in build/pdf/, for `wanted`: target -> Word file, both of the study folder.

    Nothing without LibreOffice. StudyError when it makes no PDF of a file.
    """
    version = office_version()
    return {target: _kept(folder, word, version) for target, word in wanted.items() if version}


def normalised(pdf: bytes, time: dt.datetime) -> bytes:
    """The PDF with `time` for the clock and a digest of its content for what is random.

    Everything keeps its length, so the places of the objects in the file stay right.
    """
    pdf = CREATED.sub(b"/CreationDate(D:" + time.strftime("%Y%m%d%H%M%S").encode() + b"Z')", pdf)
    random = {part for parts in IDENTIFIER.findall(pdf) for part in parts}
    random.update(CHECKSUM.findall(pdf))
    for part in random:
        pdf = pdf.replace(part, b"0" * len(part))
    digest = hashlib.sha256(pdf).hexdigest()[:32].upper().encode()
    return IDENTIFIER.sub(b"/ID [ <" + digest + b">\n<" + digest + b"> ]", pdf)


def _kept(folder: StudyFolder, word: str, version: str) -> str:
    """The PDF of a Word file as kept; made when the file or LibreOffice is another."""
    source = folder.path / word
    pdf = folder.path / KEPT / f"{source.stem}.pdf"
    mark = pdf.with_suffix(".made")
    made_of = f"{digest_file(source)} {folder.study.timestamp.isoformat()} {version}\n"
    if not (pdf.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == made_of):
        mark.unlink(missing_ok=True)
        _convert(source, pdf, folder.study.timestamp)
        replace_text(mark, made_of)
    return pdf.relative_to(folder.path).as_posix()


def _convert(source: Path, pdf: Path, time: dt.datetime) -> None:
    """Write the PDF of a Word file, beside and renamed."""
    pdf.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        shutil.copyfile(source, place / source.name)
        said = _run([office(), "--convert-to", "pdf", "--outdir", name, source.name], place)
        made = place / pdf.name
        if not made.is_file():
            raise StudyError(source.name, f"LibreOffice made no PDF of it: {said.strip()}", FIX)
        beside = pdf.with_name(pdf.name + ".part")
        beside.write_bytes(normalised(made.read_bytes(), time))
    os.replace(beside, pdf)


FIX = "open the file in LibreOffice, or make the package without PDFs: package --no-pdf"


def _run(command: list[str], place: Path) -> str:
    """Run LibreOffice with a profile of its own in UTC; what it says."""
    profile = f"-env:UserInstallation={(place / 'profile').as_uri()}"
    try:
        done = subprocess.run(
            [command[0], profile, "--headless", *command[1:]],
            cwd=place,
            env=os.environ | {"TZ": "UTC", "HOME": str(place)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {SECONDS} seconds"
    return done.stdout or done.stderr
