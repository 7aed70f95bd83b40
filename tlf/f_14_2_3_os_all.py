"""F14.2.3: Kaplan-Meier estimate of overall survival, all subjects."""

from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.time_to_event import survival_curve
from pipeline.where import equals

AXES = TimeAxes("Months from first infusion", "months", tuple(range(0, 121, 12)))


def f_14_2_3_os_all(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "OS")])
    data = kaplan_meier_data([("All subjects", survival_curve(times))], AXES, band=True)
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=times)
