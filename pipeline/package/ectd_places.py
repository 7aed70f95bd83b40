"""Where things stand in a package: the folders of eCTD module 5, lower case and without blanks.

FDA Study Data Technical Conformance Guide, section 7 (m5/datasets); ICH M2 eCTD, section 5.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.study import StudyFolder

PACKAGE = "build/package"
DOCS = "build/docs"


@dataclass(frozen=True)
class Places:
    """Folders relative to the package; `study` is the study in lower case."""

    study: str
    report: str

    @property
    def data(self) -> str:
        """The study below m5/datasets."""
        return f"m5/datasets/{self.study}"

    @property
    def sdtm(self) -> str:
        """The tabulation datasets with define.xml, acrf.pdf and csdrg.pdf."""
        return f"{self.data}/tabulations/sdtm"

    @property
    def adam(self) -> str:
        """The analysis datasets with define.xml and adrg.pdf."""
        return f"{self.data}/analysis/adam/datasets"

    @property
    def programs(self) -> str:
        """The programs of analysis datasets and outputs."""
        return f"{self.data}/analysis/adam/programs"

    @property
    def misc(self) -> str:
        """Everything else."""
        return f"{self.data}/misc"

    @property
    def sums(self) -> str:
        """The digests of all files, as sha256sum reads them in the folder of the package."""
        return f"{self.misc}/SHA256SUMS.txt"

    @property
    def clinical(self) -> str:
        """The clinical study report."""
        return f"m5/{self.report}/{self.study}"

    @property
    def letter(self) -> str:
        """The cover letter."""
        return "m1/us"

    @property
    def outputs(self) -> str:
        """The Word files of tables, listings and figures."""
        return f"{self.clinical}/tlf"

    def described(self) -> list[tuple[str, str]]:
        """Folder and what it holds, for guides and README."""
        return [
            (self.sdtm, "SDTM datasets (XPT), define.xml with stylesheet, acrf.pdf, csdrg.pdf"),
            (self.adam, "ADaM datasets (XPT), define.xml with stylesheet, adrg.pdf"),
            (self.programs, "programs of analysis datasets and outputs, README-run.txt"),
            (f"{self.misc}/dataset-json", "every dataset as Dataset-JSON 1.1"),
            (f"{self.misc}/sdtm-programs", "programs of SDTM datasets"),
            (self.misc, "synthetic-data statement, comparison with published results, digests"),
            (self.clinical, "report body, statistical methods (16.1.9), listings (16.2)"),
            (self.outputs, "tables, listings and figures (Word), tlf-index.csv"),
            (f"{self.outputs}/ard", "the results behind each output (JSON)"),
        ]


def places(folder: StudyFolder, report: str) -> Places:
    """The folders of the study's package; `report` is the place of the report below m5."""
    return Places(file_name(folder.study.id), report)


def file_name(text: str) -> str:
    """A text as the name of a file or folder: lower case, digits, hyphens."""
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")
