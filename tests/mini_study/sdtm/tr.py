"""TR: one record per lesion and scan: diameter of a target (a node: short axis), or state."""

from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, hardcoded, identify, number
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit
from pipeline.where import equals, missing, present

TESTS = {"TARGET": "LDIAM", "NON-TARGET": "TUMSTATE", "NEW": "TUMSTATE"}
node = equals("PLACE", "Lymph node")


def tr(raw_lesions, dm, se, ct, study):
    state = coded("STATE", ct["TRPROPRS"])
    return (
        raw_lesions.pipe(identify, domain="TR", study=study)
        .assign(
            TRLNKID=collected("LESION"),
            TRGRPID=coded("TYPE", ct["TUIDRS"]),
            TRTESTCD=lambda frame: frame["TRGRPID"].map(TESTS).mask(node(frame), "LPERP"),
            TRTEST=decoded("TRTESTCD", ct["TRTESTCD"]),
            TRORRES=lambda frame: frame["MM"].fillna(frame["STATE"]),
            TRORRESU=hardcoded("mm", where=present("MM")),
            TRSTRESC=lambda frame: frame["MM"].fillna(state(frame)),
            TRSTRESN=number("MM"),
            TRSTRESU=hardcoded("mm", where=present("MM")),
            TRSTAT=hardcoded("NOT DONE", where=missing("MM", "STATE")),
            TRREASND=hardcoded("NOT MEASURED", where=missing("MM", "STATE")),
            TRDTC=iso_date("SCANNED"),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .assign(TRLNKGRP=collected("VISIT"))
        .pipe(derive_var_epoch, se, "TRDTC")
        .pipe(derive_vars_study_day, dm, "TRDTC")
        .pipe(derive_var_lobxfl, dm, by=["TRTESTCD", "TRLNKID"])
        .pipe(derive_var_seq, "TRSEQ", by=["TRDTC", "TRLNKID"])
    )
