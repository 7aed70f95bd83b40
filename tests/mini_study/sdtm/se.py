"""SE: one record per element that a subject was in."""

from pipeline.merge import stacked
from pipeline.sdtm.elements import derive_vars_element
from pipeline.sdtm.mapping import collected
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.where import missing, present


def se(dm, ta):
    screened = dm.assign(TAETORD=1, SESTDTC=collected("RFICDTC"))
    return (
        stacked(
            screened.loc[present("RFXSTDTC")].assign(SEENDTC=collected("RFXSTDTC")),
            screened.loc[missing("RFXSTDTC")].assign(SEENDTC=collected("RFPENDTC")),
            dm.loc[present("RFXSTDTC")].assign(
                TAETORD=2, SESTDTC=collected("RFXSTDTC"), SEENDTC=collected("RFPENDTC")
            ),
        )
        .pipe(derive_vars_element, ta)
        .assign(DOMAIN="SE")
        .pipe(derive_var_seq, "SESEQ", by=["TAETORD"])
    )
