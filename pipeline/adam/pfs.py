"""Progression-free survival by numbered rules, on top of `pipeline/adam/tte.py`.

FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics (2018), section on
PFS and appendix; the same rules are in the 2015 guidance on lung cancer, table A. The rules are
data: `RULES` says of each what is printed, `choose_rules` which one holds for a subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.adam.tte import Endpoint, censor, derive_params_tte, event, first, last
from pipeline.merge import derive_vars_merged
from pipeline.where import Condition, always, equals
from pipeline.yamltext import Block

RULE = "_pfs"
"""Hidden: the number of the rule that takes its date from the record."""


@dataclass(frozen=True)
class Rule:
    """One rule: CNSR 0 for an event, what happened, and what the date of a censoring is."""

    number: int
    cnsr: int
    happened: str
    dated: str = ""


LAST = "Last adequate assessment"
BEGIN = "Start date"
RULES = (
    Rule(1, 0, "Progressive disease"),
    Rule(2, 0, "Death"),
    Rule(3, 1, "No adequate baseline assessment", BEGIN),
    Rule(4, 2, "No adequate assessment after baseline", BEGIN),
    Rule(5, 3, "New anticancer therapy before an event", LAST),
    Rule(6, 4, "Event after missed assessments", LAST),
    Rule(7, 5, "No event", LAST),
)


@dataclass(frozen=True)
class Schedule:
    """Days between planned assessments, days of grace, and how many missed ones are too many.

    The first is planned on day 1 + `interval`. `later` is (day, interval): from the assessment
    planned on or after that day on they are `interval` days apart.
    """

    interval: int
    grace: int = 0
    missed: int = 2
    later: tuple[int, int] | None = None

    def planned(self, until: int) -> np.ndarray:
        """The study days of the planned assessments, enough of them to judge day `until`."""
        change, interval = self.later or (until, self.interval)
        early = np.arange(1 + self.interval, change + self.interval, self.interval)
        start = early[-1] if len(early) else 1
        return np.concatenate(
            [early, np.arange(start + interval, until + (self.missed + 1) * interval, interval)]
        )

    def allowed(self, day: pd.Series) -> pd.Series:
        """The last study day of an event with fewer than `missed` assessments missed after `day`.

        An assessment up to `grace` days early is that of its planned day.
        """
        known = day.fillna(1)
        days = self.planned(int(known.max()) + self.grace if len(known) else 1)
        due = np.searchsorted(days, known + self.grace, side="right")
        return pd.Series(days[due + self.missed - 1] + self.grace, index=day.index)


def read_schedule(block: Block) -> Schedule:
    """A schedule from a setting: `every_days`, and optional `grace_days` (0) and `missed` (2).

    `later_from_day` and `later_every_days` go together.
    """
    block.check(
        required=("every_days",),
        optional=("grace_days", "missed", "later_from_day", "later_every_days"),
    )
    day, interval = block.integer("later_from_day"), block.integer("later_every_days")
    return Schedule(
        block.integer("every_days") or 0,
        block.integer("grace_days") or 0,
        block.integer("missed") or Schedule.missed,
        (day, interval) if day and interval else None,
    )


@dataclass(frozen=True)
class Dates:
    """Variables of ADSL: start of the time, death, new anticancer therapy, baseline assessed.

    `therapy` is empty where the protocol lets other anticancer therapy go on: nothing is censored
    for it.
    """

    start: str = "TRTSDT"
    death: str = "DTHDT"
    therapy: str = "NACTDT"
    baseline: str = "TUBLFL"


def derive_params_pfs(
    adsl: pd.DataFrame,
    adrs: pd.DataFrame,
    schedule: Schedule,
    dates: Dates | None = None,
    where: Condition | None = None,
) -> pd.DataFrame:
    """One row per subject of `adsl` that meets `where`: PARAMCD PFS, as derive_params_tte gives it.

    `adrs` has one row per assessment after baseline: USUBJID, ADT, OVRLRESP (NE is not adequate),
    and ASEQ if SRCSEQ is wanted. `adsl` has the variables of `dates`; the baseline flag is Y or N.
    Adds PFSRULE (the number of the rule), and splits the text of the rule: EVNTDESC says what
    happened, CNSDTDSC what the date is. The rules, the first that holds:

    3 no adequate baseline: censored at the start. 5 new therapy before the event: censored at the
    last adequate assessment up to it. 6 event after too many missed assessments: censored at the
    last adequate assessment before it. 1 PD. 2 death. 4 no adequate assessment after baseline.
    7 no event: censored at the last adequate assessment. Without an adequate assessment, rules
    5 and 6 are censored at the start.
    """
    names = dates or Dates()
    subjects = choose_rules(adsl, adrs, schedule, names)
    records = _flag_records(adrs, subjects)
    population = subjects.loc[(where or always())(subjects)]
    rows = derive_params_tte([_endpoint(names)], adsl=population, adrs=records)
    said = {f"{rule.number}": rule for rule in RULES}
    number = rows["EVNTDESC"]
    return rows.assign(
        PFSRULE=number.astype("float64"),
        CNSR=number.map({key: rule.cnsr for key, rule in said.items()}).astype("int64"),
        EVNTDESC=number.map({key: rule.happened for key, rule in said.items()}),
        CNSDTDSC=_dated(rows, said),
    ).drop(columns=[name for name in rows.columns if str(name).startswith(RULE)])


def choose_rules(
    adsl: pd.DataFrame, adrs: pd.DataFrame, schedule: Schedule, dates: Dates
) -> pd.DataFrame:
    """`adsl` with the hidden rule: `_pfs`, `_pfs_last` (last adequate assessment that counts).

    `_pfs_event` is the date of the first PD or death, whichever comes first (PD on the same day).
    """
    adequate = adrs.loc[adrs["OVRLRESP"].notna() & (adrs["OVRLRESP"] != "NE")]
    progressed = _earliest(adequate.loc[adequate["OVRLRESP"] == "PD"], adsl)
    happened = pd.concat([progressed, adsl[dates.death]], axis=1).min(axis=1)
    therapy = adsl[dates.therapy] if dates.therapy else progressed.where(progressed.isna())
    newly = therapy.notna() & ~(happened <= therapy)
    end = therapy.where(newly, happened)
    before = _latest_before(adequate, adsl, end, strictly=~newly)
    since = adsl[dates.start]
    gap = _study_day(happened, since) > schedule.allowed(_study_day(before, since))
    rule = pd.Series(7, index=adsl.index).where(before.notna(), 4)
    rule = rule.where(happened.isna(), (progressed == happened).map({True: 1, False: 2}))
    rule = rule.where(~(gap & ~newly), 6).where(~newly, 5)
    rule = rule.where(adsl[dates.baseline] == "Y", 3)
    kept = before.where(rule.isin([5, 6, 7]))
    return adsl.assign(**{RULE: rule, f"{RULE}_last": kept, f"{RULE}_event": happened})


def _flag_records(adrs: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """`adrs` with the rule on the one record of a subject that gives the date, 0 elsewhere."""
    wanted = subjects.set_index("USUBJID")
    rule = adrs["USUBJID"].map(wanted[RULE])
    day = adrs["USUBJID"].map(wanted[f"{RULE}_last"])
    day = day.where(rule != 1, adrs["USUBJID"].map(wanted[f"{RULE}_event"]))
    adequate = adrs["OVRLRESP"].notna() & (adrs["OVRLRESP"] != "NE")
    event_or_last = (adrs["OVRLRESP"] == "PD") | (rule != 1)
    gives = adequate & event_or_last & (adrs["ADT"] == day)
    return adrs.assign(**{RULE: rule.where(gives, 0)})


def _endpoint(dates: Dates) -> Endpoint:
    """The endpoint: each rule takes its date from the record that has its number."""
    at_start = [
        censor("adsl", dates.start, str(rule.number), _starts(rule), rule.cnsr)
        for rule in RULES
        if rule.cnsr and rule.number != 7
    ]
    at_last = [
        censor("adrs", "ADT", str(rule.number), equals(RULE, rule.number), rule.cnsr)
        for rule in RULES
        if rule.dated == LAST
    ]
    progression = event("adrs", "ADT", "1", equals(RULE, 1))
    death = event("adsl", dates.death, "2", equals(RULE, 2))
    return Endpoint("PFS", dates.start, first(progression, death), last(*at_start, *at_last))


def _starts(rule: Rule) -> Condition:
    """The subject is censored by the rule at the start: no assessment gives a date."""
    return Condition(
        (RULE, f"{RULE}_last"),
        lambda frame: (frame[RULE] == rule.number) & frame[f"{RULE}_last"].isna(),
    )


def _dated(rows: pd.DataFrame, said: Mapping[str, Rule]) -> pd.Series:
    """What the date of a censoring is, by the source that was taken; missing for an event."""
    text = rows["EVNTDESC"].map({key: rule.dated for key, rule in said.items()})
    text = text.where(rows["SRCDOM"] != "ADSL", BEGIN)
    return text.where(rows["CNSR"] > 0).astype("str")


def _study_day(date: pd.Series, start: pd.Series) -> pd.Series:
    """Days from `start`, which is day 1; assessments to judge do not lie before it."""
    return (date - start).dt.days + 1


def _earliest(rows: pd.DataFrame, adsl: pd.DataFrame) -> pd.Series:
    """The first ADT of each subject of `adsl`."""
    return adsl["USUBJID"].map(rows.groupby("USUBJID")["ADT"].min())


def _latest_before(
    rows: pd.DataFrame, adsl: pd.DataFrame, end: pd.Series, strictly: pd.Series
) -> pd.Series:
    """The last ADT of each subject up to `end` (before it where `strictly`); no end: the last."""
    ends = adsl[["USUBJID"]].assign(_end=end, _strictly=strictly)
    known = derive_vars_merged(rows[["USUBJID", "ADT"]], ends, "USUBJID", ["_end", "_strictly"])
    within = known["_end"].isna() | (known["ADT"] < known["_end"])
    within |= (known["ADT"] == known["_end"]) & ~known["_strictly"].fillna(True).astype(bool)
    return adsl["USUBJID"].map(known.loc[within].groupby("USUBJID")["ADT"].max())
