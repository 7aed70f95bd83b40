"""Asking the rules of a study: all at once, or batch by batch and then those about all records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.batches import CHECKS, WHOLE, Batch
from pipeline.checks.built import Built
from pipeline.checks.checked import Checked
from pipeline.checks.conditions import Data, library, meets
from pipeline.checks.inputs import study_rules
from pipeline.checks.occurring import COMBINATION, COUNT, occurring, records_behind
from pipeline.checks.reach import SUBJECT, by_subject
from pipeline.checks.records import RECORD
from pipeline.checks.results import why_not
from pipeline.checks.rule_programs import PROGRAM
from pipeline.checks.rules import Rule
from pipeline.checks.structure import CONTENTS_KEYS
from pipeline.checks.suites import expected, run_suite, suite_of
from pipeline.checks.tally import Tally, added, tallied, told_records
from pipeline.datasets import all_datasets
from pipeline.frames import replace_text
from pipeline.study import StudyFolder


@dataclass(frozen=True)
class Found:
    """What came of rules of one dataset; `failed` are (rule, variable) of expectations not met."""

    dataset: str
    tallies: list[Tally]
    failed: list[tuple[str, str]]


@dataclass(frozen=True)
class Suite:
    """The rules of one dataset as Great Expectations holds them, and what came of each.

    `columns` are those of the dataset.
    """

    dataset: str
    columns: Sequence[str]
    suite: Any
    tallies: list[Tally]
    passed: list[tuple[str, str, bool]]

    @property
    def json(self) -> Any:
        """The suite itself."""
        return self.suite.to_json_dict()


class Asking:
    """The rules of a study and the datasets they are asked of.

    `rules` are all rules, `faults` those that cannot be run as they are written, `skipped` the
    rules that find nothing to be asked of, with the reason.
    """

    def __init__(self, folder: StudyFolder) -> None:
        """Read the rules; StudyErrors for datasets that are not built."""
        self.folder = folder
        self.specified = {dataset.name: dataset for dataset in all_datasets(folder).values()}
        self.built = Built(folder, self.specified)
        self.rules, self.faults = study_rules(folder, self.specified)
        columns = self.built.columns
        reasons = [why_not(rule, columns, self.specified) for rule in self.rules]
        told = list(zip(self.rules, reasons, strict=True))
        self.skipped = [(rule, why) for rule, why in told if why]
        self.asked = [rule for rule, why in told if not why]

    def all_at_once(self) -> list[Found]:
        """All rules on the datasets as a whole."""
        return self._found(WHOLE, self.asked)

    def of_batch(self, batch: Batch) -> list[Found]:
        """The rules that can be asked of a batch."""
        return self._found(batch, self._by_subject)

    def of_all_records(self) -> Iterator[Found]:
        """The rules that need all records; what one rule reads is in memory at a time.

        Rules about values that occur together are asked of each combination once. Those of a
        dataset without subjects are asked together.
        """
        rest = [rule for rule in self.asked if rule not in self._by_subject]
        for rule in rest:
            if SUBJECT not in self.built.columns[rule.dataset]:
                continue
            if rule.check != PROGRAM and library()[rule.check].of_values:
                yield self._of_values(rule)
            else:
                yield self._asked(self.built.whole(rule.needs), rule.dataset, [rule])
        for name, columns in self.built.columns.items():
            own = [rule for rule in rest if rule.dataset == name]
            if own and SUBJECT not in columns:
                needs = {need for rule in own for need in rule.needs} | {(name, "")}
                yield self._asked(self.built.whole(needs), name, own)

    def suites(self, parts: Iterable[Found]) -> list[Suite]:
        """The suite of each dataset, with what came of its rules in all parts together."""
        collected: dict[str, list[Found]] = {}
        for part in parts:
            collected.setdefault(part.dataset, []).append(part)
        names = [name for name in self.built.columns if name in collected]
        return [self._suite(name, collected[name]) for name in names]

    def kept(self, batch: Batch) -> list[Found]:
        """What `keep` has written of a batch."""
        rules = {(rule.dataset, rule.id): rule for rule in self.asked}
        text = (self.folder.path / batch.part(CHECKS)).read_text(encoding="utf-8")
        return [
            Found(
                name,
                [Tally.from_json(rules[name, said["rule"]], said) for said in tallies],
                [(rule, variable) for rule, variable in failed],
            )
            for name, tallies, failed in json.loads(text)
        ]

    @cached_property
    def _by_subject(self) -> list[Rule]:
        """The rules that can be asked batch by batch."""
        return [rule for rule in self.asked if by_subject(rule, self.built.columns)]

    def _found(self, batch: Batch, rules: Sequence[Rule]) -> list[Found]:
        """Ask rules of a batch, dataset by dataset: what one needs is in memory at a time."""
        data, found = self.built.batch(batch), []
        for name in self.built.columns:
            own = [rule for rule in rules if rule.dataset == name]
            if own:
                found.append(self._asked(data, name, own))
                data.let_go()
        return found

    def _asked(self, data: Data, name: str, rules: Sequence[Rule]) -> Found:
        """Ask rules of one dataset."""
        run = run_suite(data, name, rules)
        return Found(name, [self._tally(checked, data) for checked in run.checked], run.not_met)

    def _of_values(self, rule: Rule) -> Found:
        """Ask a rule of the combinations of values that occur."""
        name = rule.dataset
        wanted: dict[str, list[str]] = {name: rule.variables}
        for other, variable in sorted(rule.needs):
            if other != name:
                wanted.setdefault(other, []).append(variable)
        data = {other: occurring(self.built, other, own) for other, own in wanted.items()}
        run = run_suite(data, name, [rule])
        (checked,), mine = run.checked, data[name]
        rows = int(mine.loc[meets(mine, rule.where), COUNT].sum())
        if checked.fault or checked.failed.empty:
            return Found(name, [Tally(rule, rows, fault=checked.fault)], [])
        failed = checked.failed.rename(columns={RECORD: COMBINATION})
        behind = records_behind(self.built, name, mine.loc[failed[COMBINATION].unique()])
        failed = behind.reset_index().merge(failed, on=COMBINATION, validate="many_to_many")
        failed = failed[[RECORD, "variable"]].sort_values([RECORD, "variable"], ignore_index=True)
        found = Checked(rule, rows, failed)
        told = self.built.rows(name, told_records(found))
        tally = tallied(found, self.specified[name].keys, behind, told, data)
        return Found(name, [tally], run.not_met)

    def _tally(self, checked: Checked, data: Data) -> Tally:
        """The tally of one rule; records that are told are read again where columns were left."""
        name = checked.rule.dataset
        frame = rows = data[name]
        if list(frame.columns) != self.built.columns[name] and len(checked.failed):
            rows = self.built.rows(name, told_records(checked))
        keys = self.specified[name].keys if name in self.specified else CONTENTS_KEYS
        return tallied(checked, keys, frame, rows, data)

    def _suite(self, name: str, parts: Sequence[Found]) -> Suite:
        """The suite of one dataset."""
        own = [rule for rule in self.asked if rule.dataset == name]
        counted: dict[str, list[Tally]] = {rule.id: [] for rule in own}
        for part in parts:
            for tally in part.tallies:
                counted[tally.rule.id].append(tally)
        failed = {key for part in parts for key in part.failed}
        suite = suite_of(name, own, self.built.empty(name))
        passed = [(*key, key not in failed) for key in map(expected, suite.expectations)]
        return Suite(name, self.built.columns[name], suite, [*map(added, counted.values())], passed)


def keep(folder: StudyFolder, batch: Batch) -> None:
    """Ask the rules that a batch can answer; write what came of them to a file of its own."""
    told = [
        [found.dataset, [tally.as_json() for tally in found.tallies], found.failed]
        for found in Asking(folder).of_batch(batch)
    ]
    replace_text(folder.path / batch.part(CHECKS), json.dumps(told, ensure_ascii=False) + "\n")
