"""Records of a file larger than memory: put on disk by batch, taken back one batch at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa


class Shelf:
    """Arrow tables by batch; those of one batch come back in the order they were put.

    What comes back is not read into memory before somebody looks at it.
    """

    def __init__(self, place: Path) -> None:
        """A shelf in the folder `place`, which is there and empty."""
        self.place = place
        self.pieces = 0

    def put(self, batch: int, table: pa.Table) -> None:
        """Keep records of a batch."""
        name = self.place / f"{batch:05d}-{self.pieces:06d}.arrow"
        with pa.OSFile(str(name), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
        self.pieces += 1

    def take(self, batch: int) -> list[pa.Table]:
        """The records of a batch; they leave the shelf."""
        found = []
        for path in sorted(self.place.glob(f"{batch:05d}-*.arrow")):
            with pa.memory_map(str(path)) as file:
                found.append(pa.ipc.open_stream(file).read_all())
            path.unlink()
        return found


@contextmanager
def shelf(place: Path) -> Iterator[Shelf]:
    """An empty shelf in the folder `place`; what a killed run left there goes, and so does this."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        yield Shelf(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
