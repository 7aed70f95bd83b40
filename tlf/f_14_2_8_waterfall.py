"""F14.2.8: best change of the sum of diameters of each subject, with the best response."""

from pipeline.merge import derive_vars_merged
from pipeline.tlf.figure_subjects import Level, waterfall_alt, waterfall_data
from pipeline.tlf.outputs import Figure
from pipeline.where import equals

LINES = (Level(20, "+20%"), Level(-30, "-30%"))


def f_14_2_8_waterfall(adeff, adrs, adsl, population):
    best = adeff.loc[equals("PARAMCD", "BESTCHG")]
    response = adrs.loc[equals("PARAMCD", "CBOR")]
    bars = population.of(
        best.pipe(derive_vars_merged, response, "USUBJID", {"BEST": "AVALC"}).pipe(
            derive_vars_merged, adsl, "USUBJID", ["SUBJID"], lineage=False
        )
    )
    groups = {arm.key: " ".join(arm.head) for arm in population.arms}
    data = waterfall_data(
        bars, "AVAL", "BEST", groups, "Best change of sum of diameters from baseline (%)", *LINES
    )
    return Figure("waterfall", data, waterfall_alt(data), behind=bars)
