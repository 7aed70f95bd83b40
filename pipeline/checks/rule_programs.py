"""Rules in Python: expectations/NAME.py of a study, for what no check of the library can say.

```python
def late_onset(ae, dm):
    last = ae[["USUBJID"]].merge(dm, how="left", on="USUBJID", validate="many_to_one")["RFXENDTC"]
    return ae["AESTDTC"] > last.set_axis(ae.index)
```

The function is named like its file, its parameters are datasets. It returns one boolean per row of
the rule's dataset, True for a row that fails. The rule itself (words, severity, source) stands in
a YAML file beside it, with `program: late_onset`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.checks.parameters import Need
from pipeline.checks.records import numbered
from pipeline.errors import StudyError, listed
from pipeline.programs import Program, call, read_programs
from pipeline.yamltext import Block

PROGRAM = "program"
FOLDER = "expectations"


@dataclass(frozen=True)
class RuleProgram:
    """The program of a rule; its inputs are the names of datasets in lower case."""

    program: Program

    @classmethod
    def find(cls, path: Path, block: Block) -> RuleProgram:
        """The program that `program:` of a rule names; StudyError if there is none."""
        name, where = block.text(PROGRAM), block.where(PROGRAM)
        programs = read_programs(path, FOLDER)
        if name not in programs:
            known = listed(sorted(programs)) or "expectations/NAME.py with a function NAME"
            raise StudyError(where, f"no program expectations/{name}.py", f"name or write {known}")
        inputs = programs[name].inputs
        if block.text("dataset").lower() not in inputs:
            fix = f"give it the parameter {block.text('dataset').lower()}"
            raise StudyError(where, f"{name} does not read the dataset of the rule", fix)
        return cls(programs[name])

    def needs(self) -> set[Need]:
        """The datasets as a whole: no variable is named."""
        return {(name.upper(), "") for name in self.program.inputs}

    def failing(self, dataset: str, data: dict[str, pd.DataFrame]) -> pd.Series:
        """True per record of `dataset` that fails; StudyError for a wrong answer."""
        frames = {name: numbered(data[name.upper()]) for name in self.program.inputs}
        found = call(self.program, frames)
        own = frames[dataset.lower()]
        if not isinstance(found, pd.Series) or not found.index.equals(own.index):
            fix = f"return one True or False per row of {dataset.lower()}, in its order"
            raise StudyError(self.program.shown, "the answer does not fit the dataset", fix)
        return found.fillna(False).astype(bool)

    def __str__(self) -> str:
        """As it is shown."""
        return self.program.shown
