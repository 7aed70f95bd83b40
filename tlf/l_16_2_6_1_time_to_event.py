"""L16.2.6.1: every analysis time with its start, its end, and the record it comes from."""

from pipeline.tlf.outputs import Listing

HEADS = {
    "PARAMCD": "Parameter [2]",
    "GROUP": "Group",
    "STARTDT": "Start",
    "ADT": "End",
    "AVAL": "Days",
    "AVALM": "Months [1]",
    "CNSR": "Censoring [1]",
    "EVNTDESC": "Event or Censoring",
}


def l_16_2_6_1_time_to_event(adtte, population):
    times = population.of(adtte).sort_values(["PARAMN", "USUBJID"])
    return Listing(
        times.assign(GROUP=times["_column"]),
        [
            *("PARAMCD", "USUBJID", "GROUP", "STARTDT", "ADT", "AVAL", "AVALM", "CNSR"),
            *("EVNTDESC", "SRCDOM", "SRCVAR", "SRCSEQ"),
        ],
        heads=HEADS | {"SRCDOM": "Source", "SRCVAR": "Variable", "SRCSEQ": "Record"},
        digits={"AVALM": 2},
    )
