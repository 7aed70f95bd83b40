"""F14.3.4.2: mean liver tests by visit and group."""

from pipeline.tlf.figure_points import profiles_alt, profiles_data
from pipeline.tlf.outputs import Figure
from pipeline.where import all_of, flagged, is_in

TESTS = ("ALT", "AST", "BILI", "ALP")
SHOWN = all_of(flagged("ANL01FL"), is_in("PARAMCD", TESTS))


def f_14_3_4_2_liver_profiles(adlb, population):
    values = population.of(adlb.loc[SHOWN])
    groups = {arm.key: " ".join(arm.head) for arm in population.arms}
    data = profiles_data(values, dict.fromkeys(TESTS, ()), groups)
    return Figure("profiles", data, profiles_alt(data), behind=values)
