"""LB: one record per laboratory result, from the pages "Alpha Fetoprotein" and "Laboratory"."""

from pipeline.merge import stacked
from pipeline.ranges import range_indicator
from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, hardcoded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.units import derive_vars_standard_result
from pipeline.sdtm.visits import derive_vars_visit
from pipeline.where import equals, present

SPECIMENS = {"HEMATOLOGY": "BLOOD", "COAGULATION": "PLASMA", "URINALYSIS": "URINE"}
urine = equals("LBCAT", "URINALYSIS")


def lb(raw_lb, raw_lab, dm, se, ct, study):
    published = raw_lb.rename(columns=lambda name: name.replace("LB_", "LAB_", 1))
    published = published.assign(LAB_PANEL="CHEMISTRY")
    in_words = coded("LBORRES", ct["LBSTRESC"], where=urine)
    abnormal = hardcoded("ABNORMAL", where=present("LBSTNRC"))
    return (
        stacked(published, raw_lab)
        .pipe(identify, domain="LB", study=study)
        .assign(
            LBSPID=collected("LAB_NO"),
            LBTESTCD=coded("LAB_TEST", ct["LBTESTCD"]),
            LBTEST=decoded("LAB_TEST", ct["LBTESTCD"]),
            LBCAT=coded("LAB_PANEL", ct["LBCAT"]),
            LBORRES=collected("LAB_RES"),
            LBORRESU=coded("LAB_UNIT", ct["UNIT"]),
            LBORNRLO=collected("LAB_LO"),
            LBORNRHI=collected("LAB_HI"),
            LBNAM=collected("LAB_NAME"),
            LBSPEC=lambda frame: frame["LBCAT"].map(SPECIMENS).fillna("SERUM"),
            LBDTC=iso_date("LAB_DAT"),
        )
        .pipe(derive_vars_standard_result, "LB", units={"AFP": "ng/mL"})
        .assign(
            LBSTRESC=lambda frame: in_words(frame).fillna(frame["LBSTRESC"]),
            LBSTNRC=hardcoded("NEGATIVE", where=urine),
            LBNRIND=lambda frame: (
                range_indicator(frame["LBSTRESN"], frame["LBSTNRLO"], frame["LBSTNRHI"])
                .fillna(hardcoded("NORMAL", where=equals("LBSTRESC", "NEGATIVE"))(frame))
                .fillna(abnormal(frame))
            ),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "LBDTC")
        .pipe(derive_vars_study_day, dm, "LBDTC")
        .pipe(derive_var_lobxfl, dm)
        .pipe(derive_var_seq, "LBSEQ", by=["LBTESTCD", "LBDTC", "VISITNUM"])
    )
