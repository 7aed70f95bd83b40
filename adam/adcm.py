"""ADCM: one record per prior or concomitant drug or procedure of treated subjects."""

from pipeline.adam.dates import derive_vars_dt, derive_vars_dy
from pipeline.adam.flags import yes
from pipeline.adam.treatment import derive_vars_adsl
from pipeline.merge import stacked
from pipeline.where import flagged, is_in

SURGERY = ["TUMOR RESECTION", "LOBECTOMY"]
prior = is_in("CMCAT", ["PRIOR ANTI-CARCINOMA THERAPY"])
concomitant = is_in(
    "CMCAT", ["CONCOMITANT ANTI-CARCINOMA THERAPY", "CONCOMITANT IMMUNOSUPPRESSIVE THERAPY"]
)


def adcm(cm, pr, adsl):
    names = {"PRSEQ": "SRCSEQ", "PRTRT": "CMTRT", "PRDECOD": "CMDECOD", "PRCAT": "CMCAT"}
    names |= {"PRSTDTC": "CMSTDTC"}
    drugs = cm.rename(columns={"CMSEQ": "SRCSEQ"}).assign(SRCDOM="CM")
    procedures = pr.rename(columns=names).assign(SRCDOM="PR", CMENDTC=pr["PRSTDTC"])
    return (
        stacked(drugs, procedures)
        .pipe(derive_vars_adsl, adsl, "SAFFL", "TRTSDT", TRTA="TRT01A", TRTAN="TRT01AN")
        .loc[flagged("SAFFL")]
        .pipe(derive_vars_dt, {"ASTDT": "CMSTDTC", "AENDT": "CMENDTC"})
        .pipe(derive_vars_dy, "TRTSDT", "ASTDT", "AENDT")
        .assign(
            PREFL=yes(prior),
            ONTRTFL=yes(concomitant),
            CQ01NAM=lambda frame: is_in("CMDECOD", SURGERY)(frame).map(
                {True: "SURGICAL INTERVENTION"}
            ),
        )
    )
