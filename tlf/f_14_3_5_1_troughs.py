"""F14.3.5.1: mean tacrolimus and sirolimus troughs by visit and group."""

from pipeline.tlf.figure_points import ReferenceLine, profiles_alt, profiles_data
from pipeline.tlf.outputs import Figure


def f_14_3_5_1_troughs(adpc, population):
    levels = population.of(adpc)

    def limits(code):
        rows = levels.loc[levels["PARAMCD"] == code]
        low, high = rows["ANRLO"].iloc[0], rows["ANRHI"].iloc[0]
        return [ReferenceLine("y", low, "Lower limit"), ReferenceLine("y", high, "Upper limit")]

    codes = levels.sort_values("PARAMN")["PARAMCD"].unique()
    groups = {arm.key: " ".join(arm.head) for arm in population.arms}
    data = profiles_data(levels, {code: limits(code) for code in codes}, groups)
    return Figure("profiles", data, profiles_alt(data), behind=levels)
