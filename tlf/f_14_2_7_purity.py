"""F14.2.7: purity of every infused lot by infusion number and group."""

from pipeline.tlf.figure_points import Axis, ReferenceLine, scatter_alt, scatter_data
from pipeline.tlf.outputs import Figure
from pipeline.where import equals

AXES = (Axis("Infusion number"), Axis("CD56+CD3- cells (%)", limits=(75, 100)))


def f_14_2_7_purity(adcp, population, study):
    lots = population.of(adcp.loc[equals("PARAMCD", "PUR")])
    limit = study.settings.block("release").text("purity_above")

    def group(arm):
        rows = lots.loc[lots["_column"] == arm.key]
        return f"{' '.join(arm.head)} ({len(rows)} lots)", rows["AVISITN"], rows["AVAL"]

    line = ReferenceLine("y", float(limit), f"Release criterion: above {limit}%")
    data = scatter_data([group(arm) for arm in population.arms], AXES, [line])
    return Figure("scatter", data, scatter_alt(data), behind=lots)
