"""Two packages, or two builds, compared: dataset by dataset and output by output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import StudyError
from pipeline.package.diff_datasets import DatasetDifference, compare_datasets
from pipeline.package.diff_outputs import Difference, OutputDifference, compare_outputs
from pipeline.package.diff_sources import (
    dataset_files,
    keys_below,
    read_source,
    results_below,
)

KINDS = ("xpt", "parquet")
MOST_SHOWN = 20
Lists = tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """`datasets` and `outputs` are those both sides have, compared, the same ones included.

    `lost` and `added` name datasets and outputs of one side only.
    """

    datasets: tuple[DatasetDifference, ...]
    outputs: tuple[OutputDifference, ...]
    lost: Lists
    added: Lists

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        compared = [d.same for d in self.datasets] + [output.same for output in self.outputs]
        return not (self.lost or self.added) and all(compared)


def compare(old: Path, new: Path) -> Comparison:
    """Compare two folders, each a package or a build.

    Records are matched by the keys that the new side states, else the old one; without keys by
    number. StudyError for a folder without datasets and outputs, and for a dataset that is XPT on
    one side and only Parquet on the other.
    """
    files = {side: dataset_files(side) for side in (old, new)}
    results = {side: results_below(side) for side in (old, new)}
    for side in (old, new):
        if not (files[side] or results[side]):
            raise StudyError(
                str(side), "no dataset and no output below this folder", "name a package or build/"
            )
    keys = keys_below(old) | keys_below(new)
    before = [*files[old], *results[old]]
    after = [*files[new], *results[new]]
    return Comparison(
        datasets=tuple(
            _dataset(files[old][name], files[new][name], keys.get(name, ()))
            for name in sorted(files[old].keys() & files[new].keys())
        ),
        outputs=tuple(
            compare_outputs(results[old][name], results[new][name])
            for name in sorted(results[old].keys() & results[new].keys())
        ),
        lost=tuple(name for name in before if name not in after),
        added=tuple(name for name in after if name not in before),
    )


def report_lines(comparison: Comparison, most: int = MOST_SHOWN) -> Iterator[str]:
    """The comparison as text, with up to `most` differences of each kind in a dataset or output."""
    yield from (f"only in the old one: {name}" for name in comparison.lost)
    yield from (f"only in the new one: {name}" for name in comparison.added)
    for dataset in comparison.datasets:
        if not dataset.same:
            yield from _dataset_lines(dataset, most)
    for output in comparison.outputs:
        if not output.same:
            yield from _output_lines(output, most)
    datasets = [dataset.same for dataset in comparison.datasets]
    outputs = [output.same for output in comparison.outputs]
    yield (
        f"{sum(datasets)} of {len(datasets)} datasets and {sum(outputs)} of {len(outputs)} outputs "
        "that both have are the same"
    )


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison with every difference, for write_json."""
    return {
        "same": comparison.same,
        "only_old": list(comparison.lost),
        "only_new": list(comparison.added),
        "datasets": {d.name: _dataset_json(d) for d in comparison.datasets if not d.same},
        "outputs": {
            o.name: {"printed": o.printed, "numbers": o.numbers, "texts": o.texts}
            for o in comparison.outputs
            if not o.same
        },
    }


def _dataset(old: dict[str, Path], new: dict[str, Path], keys: Lists) -> DatasetDifference:
    """One dataset, from the kind of file that both sides have."""
    kind = next((kind for kind in KINDS if kind in old and kind in new), None)
    if kind is None:
        path = next(iter(new.values()))
        raise StudyError(
            str(path), "one side has it as XPT, the other as Parquet", "run make export on both"
        )
    return compare_datasets(read_source(old[kind], kind), read_source(new[kind], kind), keys)


def _dataset_lines(dataset: DatasetDifference, most: int) -> Iterator[str]:
    """The differences of one dataset."""
    keys = ", ".join(dataset.keys) or "record number"
    yield f"{dataset.name}: {dataset.records[0]} -> {dataset.records[1]} records, by {keys}"
    yield from _shown([f"{what}: {a!r} -> {b!r}" for what, a, b in dataset.facts], most)
    yield from _shown([f"record only in the old one: {key}" for key in dataset.lost], most)
    yield from _shown([f"record only in the new one: {key}" for key in dataset.added], most)
    if dataset.values is None:
        return
    for name, part in dataset.values.groupby("variable", sort=False):
        yield f"  {name}: {len(part)} values differ"
        rows = part[["key", "old", "new"]].head(most).itertuples(index=False)
        lines = [f"{key}: {a!r} -> {b!r}" for key, a, b in rows]
        yield from (f"  {line}" for line in _shown(lines, most, len(part)))


def _output_lines(output: OutputDifference, most: int) -> Iterator[str]:
    """The differences of one output."""
    yield f"{output.name}:"
    for what, differences in (
        ("printed", output.printed),
        ("result", output.numbers),
        ("text", output.texts),
    ):
        yield from _shown([_line(what, difference) for difference in differences], most)


def _line(what: str, difference: Difference) -> str:
    """One difference of an output."""
    place, old, new = difference
    return f"{what} {place}: {old!r} -> {new!r}"


def _shown(lines: list[str], most: int, count: int | None = None) -> Iterator[str]:
    """The first `most` lines, indented, and how many more there are of `count`."""
    yield from (f"  {line}" for line in lines[:most])
    more = (len(lines) if count is None else count) - most
    if more > 0:
        yield f"  and {more} more"


def _dataset_json(dataset: DatasetDifference) -> dict[str, Any]:
    """The differences of one dataset as plain values."""
    values = dataset.values
    return {
        "records": dataset.records,
        "keys": dataset.keys,
        "facts": dataset.facts,
        "only_old": dataset.lost,
        "only_new": dataset.added,
        "values": [] if values is None else values.to_dict("records"),
    }
