"""How many subjects make a batch, so that making its datasets stays within a bound of memory.

The frames of a batch take memory in proportion to the largest extract or SDTM file. The figures
are measured (benchmarks/README.md, "Scale" and "Raw"), with a margin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.study import StudyFolder

DEFAULT = 1_000_000_000
BASE = 250_000_000  # the interpreter, the libraries and the specifications
PER_BYTE = 9  # memory of the frames of a batch for each byte of the largest file that is theirs
READING = 7  # memory of reading a form for each byte of its extract: it is read as a whole
CELL = 10  # bytes of a cell in a transport file, for files that are compressed
UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def bytes_of(text: str) -> int:
    """`2GB` as a number of bytes; StudyError for what is no size."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]B)?", text.strip().upper())
    if not found:
        raise StudyError(f"--memory {text}", "this is no size of memory", "write 2GB or 800MB")
    return int(float(found[1]) * UNITS[found[2] or ""])


def subjects_within(folder: StudyFolder, subjects: int, bound: int = 0) -> int:
    """The most subjects of a batch for a study of so many `subjects`, at least 1.

    `bound` is in bytes and for one process; without it a batch is made for DEFAULT. StudyError for
    a bound that cannot be kept.
    """
    largest = max(_file_sizes(folder), default=0)
    per_subject = max(1.0, PER_BYTE * largest / max(1, subjects))
    most = int(((bound or DEFAULT) - BASE) / per_subject)
    needed = BASE + max(per_subject, READING * max(_form_sizes(folder), default=0))
    if bound and bound < needed:
        raise StudyError(
            f"--memory {_shown(bound)}",
            f"this study needs {_shown(needed)} in a process",
            f"write --memory {_shown(needed)} for each worker, or more",
        )
    return max(1, most)


def _file_sizes(folder: StudyFolder) -> Iterator[int]:
    """The bytes of each extract, and of the files of each SDTM dataset as transport files."""
    yield from _form_sizes(folder)
    for files in folder.sources.values():
        yield sum(map(_transport_bytes, files))


def _form_sizes(folder: StudyFolder) -> Iterator[int]:
    """The bytes of each extract."""
    paths = (folder.path / "raw" / form.file for form in folder.forms.values())
    return (path.stat().st_size for path in paths if path.exists())


def _transport_bytes(path: Path) -> int:
    """The bytes of a file as they would be in a transport file."""
    if path.suffix != ".parquet":
        return path.stat().st_size
    import pyarrow.parquet as pq

    held = pq.read_metadata(path)
    return int(held.num_rows * held.num_columns * CELL)


def _shown(size: float) -> str:
    """A number of bytes, rounded up to a tenth of a gigabyte."""
    return f"{-(-size // 10**8) / 10:g}GB"
