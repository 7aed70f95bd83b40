"""Where a variable comes from: origin type and source of Define-XML 2.1, and comments.

Define-XML 2.1 section 5.3.11.3 (def:Origin). A collected value that stands in for one that does
not exist is assigned by the sponsor, and a comment says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.provenance import SYNTHETIC, variable_sources
from pipeline.spec import Dataset, Variable
from pipeline.study import StudyFolder
from pipeline.yamltext import read_yaml

COLLECTED, ASSIGNED, PREDECESSOR = "Collected", "Assigned", "Predecessor"
SPONSOR, INVESTIGATOR = "Sponsor", "Investigator"
WITHOUT_SOURCE = (PREDECESSOR, "Not Available")


@dataclass(frozen=True)
class Origin:
    """One def:Origin; `text` describes it, `fields` are (form, field) of the CRF."""

    type: str
    source: str = ""
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()


class Origins:
    """The origins and comments of all variables of a study."""

    def __init__(self, folder: StudyFolder) -> None:
        """Read what the specifications say of origins."""
        self.folder = folder
        self.sources = variable_sources(folder)
        self._written: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def named(self, dataset: Dataset, variable: Variable) -> tuple[str, ...]:
        """What `origin` names in the specification: raw_FORM.FIELD or DATASET.VARIABLE.

        `uses` is not part of it. Empty for Derived, Assigned, Protocol and Not Available.
        """
        if variable.origin not in (COLLECTED, PREDECESSOR):
            return ()
        if dataset.name not in self._written:
            self._written[dataset.name] = self._read(dataset)
        return self._written[dataset.name][variable.name]

    def of(self, dataset: Dataset, variable: Variable) -> tuple[Origin, ...]:
        """The origins of a variable (or of a supplemental one), at least one."""
        return self.of_fields(variable, self.named(dataset, variable))

    def of_fields(self, variable: Variable, named: Sequence[str]) -> tuple[Origin, ...]:
        """The origins of values that come from `named` (fields or variables)."""
        if variable.origin == PREDECESSOR:
            return (Origin(PREDECESSOR, text=", ".join(named)),)
        if variable.origin != COLLECTED:
            source = "" if variable.origin in WITHOUT_SOURCE else SPONSOR
            return (Origin(variable.origin, source),)
        real = [name for name in named if not self._is_synthetic(name)]
        origins = [Origin(COLLECTED, INVESTIGATOR, fields=places(real))] if real else []
        if len(real) < len(named):
            origins.append(Origin(ASSIGNED, SPONSOR, text="Synthetic value, see the comment"))
        return tuple(origins)

    def comment(self, dataset: Dataset, variable: Variable) -> str:
        """The comment of the specification, and whether values are synthetic or made of such."""
        return " ".join(filter(None, [variable.comment, self.synthetic(dataset, variable)]))

    def synthetic(self, dataset: Dataset, variable: Variable) -> str:
        """The sentence on synthetic values, empty when there are none."""
        if SYNTHETIC not in self.sources.get((dataset.name, variable.name), frozenset()):
            return ""
        behind = [name for name in variable.references if self._is_synthetic(name)]
        shown = ", ".join(dict.fromkeys(_shown(name) for name in behind))
        verb = "Holds" if variable.origin == COLLECTED else "Made of"
        return f"{verb} synthetic values: {shown}."

    def _is_synthetic(self, reference: str) -> bool:
        """Whether a field is synthetic, or a variable made of one that is."""
        owner, item = reference.split(".", 1)
        if owner.startswith("raw_"):
            form = self.folder.forms[owner.removeprefix("raw_")]
            return form[item].source == SYNTHETIC
        return SYNTHETIC in self.sources.get((owner, item), frozenset())

    def _read(self, dataset: Dataset) -> dict[str, tuple[str, ...]]:
        """Variable -> what its `origin` names, from the YAML file of the dataset."""
        shown = f"{dataset.layer}/{dataset.name.lower()}.yaml"
        block = read_yaml(self.folder.path / shown, shown)
        return {
            name: tuple(part.block(name).texts("origin"))
            for part in (block.block("variables"), block.block("supplemental"))
            for name in part
        }


def places(references: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(form, field) of raw_FORM.FIELD references."""
    named = (name.removeprefix("raw_").split(".", 1) for name in references)
    return tuple((form, field) for form, field in named)


def _shown(reference: str) -> str:
    """A reference as a reader knows it: raw_dm.AGE is the field AGE of form dm."""
    owner, item = reference.split(".", 1)
    return f"CRF field {item} (form {owner[4:]})" if owner.startswith("raw_") else reference
