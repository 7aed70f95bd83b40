"""F14.2.5: Kaplan-Meier estimate of overall survival after recurrence, all subjects."""

from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.survival import kaplan_meier
from pipeline.where import equals

AXES = TimeAxes("Months from recurrence", "months", tuple(range(0, 133, 12)))


def f_14_2_5_os_recurrence(adtte, population):
    survival = population.of(adtte.loc[equals("PARAMCD", "OSREC")])
    curve = kaplan_meier(survival["AVALM"], survival["CNSR"] == 0, transform="log")
    data = kaplan_meier_data([("All subjects", curve)], AXES, band=True)
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=survival)
