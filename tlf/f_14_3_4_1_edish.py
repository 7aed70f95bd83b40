"""F14.3.4.1: peak ALT or AST against peak bilirubin, both as multiples of the limit (eDISH)."""

from pipeline.merge import derive_vars_merged, summarised
from pipeline.tlf.figure_points import Axis, ReferenceLine, scatter_alt, scatter_data
from pipeline.tlf.outputs import Figure
from pipeline.where import equals, flagged, is_in

AXES = (
    Axis("Peak ALT or AST (x ULN)", log=True, limits=(0.1, 10)),
    Axis("Peak bilirubin (x ULN)", log=True, limits=(0.1, 10)),
)
LINES = (ReferenceLine("x", 3, "3 x ULN"), ReferenceLine("y", 2, "2 x ULN"))


def f_14_3_4_1_edish(adlb, population):
    treated = population.of(adlb.loc[flagged("ONTRTFL")])

    def peak(tests):
        return summarised(treated.loc[tests], ["USUBJID", "_column"], PEAK=("R2ANRHI", "max"))

    peaks = peak(is_in("PARAMCD", ["ALT", "AST"])).pipe(
        derive_vars_merged, peak(equals("PARAMCD", "BILI")), "USUBJID", {"BILI": "PEAK"}
    )

    def group(arm):
        rows = peaks.loc[peaks["_column"] == arm.key]
        return f"{' '.join(arm.head)} (N={len(rows)})", rows["PEAK"], rows["BILI"]

    data = scatter_data([group(arm) for arm in population.arms], AXES, LINES)
    return Figure("scatter", data, scatter_alt(data), behind=peaks)
