"""TR: one record per lesion per assessment: diameter of a target lesion, state of any other."""

from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, hardcoded, identify, number
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit
from pipeline.where import all_of, equals, present

TESTS = {"TARGET": "LDIAM", "NON-TARGET": "TUMSTATE", "NEW": "TUMSTATE"}
measured = all_of(equals("TRTESTCD", "LDIAM"), present("TL_DIAM"))


def tr(raw_tl, dm, se, ct, study):
    return (
        raw_tl.pipe(identify, domain="TR", study=study)
        .assign(
            TRLNKID=collected("TL_ID"),
            TRGRPID=coded("TL_TYPE", ct["TUIDRS"]),
            TRTESTCD=lambda frame: frame["TRGRPID"].map(TESTS),
            TRTEST=decoded("TRTESTCD", ct["TRTESTCD"]),
            TRORRES=lambda frame: frame["TL_DIAM"].fillna(frame["TL_STATE"]),
            TRORRESU=hardcoded("mm", where=measured),
            TRSTRESC=lambda frame: frame["TL_DIAM"].fillna(
                coded("TL_STATE", ct["TRPROPRS"])(frame)
            ),
            TRSTRESN=number("TL_DIAM"),
            TRSTRESU=hardcoded("mm", where=measured),
            TRSTAT=hardcoded("NOT DONE", where=present("TL_ND")),
            TRREASND=collected("TL_ND"),
            TRMETHOD=coded("TL_METH", ct["METHOD"]),
            TREVAL="INVESTIGATOR",
            TRDTC=iso_date("TL_DAT"),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .assign(TRLNKGRP=collected("VISIT"))
        .pipe(derive_var_epoch, se, "TRDTC")
        .pipe(derive_vars_study_day, dm, "TRDTC")
        .pipe(derive_var_lobxfl, dm, by=["TRTESTCD", "TRLNKID"])
        .pipe(derive_var_seq, "TRSEQ", by=["TRDTC", "TRLNKID"])
    )
