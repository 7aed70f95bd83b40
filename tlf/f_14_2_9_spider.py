"""F14.2.9: change of the sum of diameters over time, one line per subject."""

from pipeline.merge import derive_vars_merged
from pipeline.tlf.figure_subjects import Level, spider_alt, spider_data
from pipeline.tlf.outputs import Figure
from pipeline.where import present

LINES = (Level(20, "+20%"), Level(-30, "-30%"))
LABELS = ("Months from first infusion", "Change of sum of diameters from baseline (%)")


def f_14_2_9_spider(adtr, adsl, population, study):
    months = float(study.settings.text("month_days"))
    last = study.settings.block("spider").integer("months")
    measured = adtr.loc[present("PCHG")].pipe(
        derive_vars_merged, adsl, "USUBJID", ["SUBJID"], lineage=False
    )
    points = population.of(measured.assign(MONTHS=measured["ADY"].clip(lower=0) / months))
    points = points.loc[points["MONTHS"] <= last]
    groups = {arm.key: " ".join(arm.head) for arm in population.arms}
    data = spider_data(points, ("MONTHS", "PCHG"), LABELS, groups, *LINES)
    return Figure("spider", data, spider_alt(data), behind=points)
