"""ADTTE: one record per subject per time-to-event parameter."""

from pipeline.adam.flags import yes
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq
from pipeline.adam.tte import Endpoint, censor, derive_params_tte, event, first, last
from pipeline.merge import derive_vars_merged
from pipeline.where import all_of, equals, flagged, is_in, not_

ASSUMED = "Assumed alive at last contact"
treated = flagged("FASFL")
died = equals("SSSTRESC", "DEAD")

death = event("ss", "SSDTC", "Death", where=died)
alive = censor("ss", "SSDTC", "Alive at last contact", where=equals("SSSTRESC", "ALIVE"))
observed = event("ss", "SSDTC", "Observed until last contact", where=equals("SSSTRESC", "ALIVE"))
death_ends_follow_up = censor("ss", "SSDTC", "Death", where=died)

# Progression-free survival, rules in the order in which they apply:
# 1 event: first overall response PD; 2 event: death without PD; 3 censored at the last adequate
# assessment; 4 without one, censored at the first infusion. Anti-carcinoma therapy beside the
# infusions is part of the protocol and does not censor.
OVERALL = equals("RSTESTCD", "OVRLRESP")
ADEQUATE = is_in("RSSTRESC", ["CR", "PR", "SD", "NON-CR/NON-PD"])
progression = event(
    "rs", "RSDTC", "Disease progression", where=all_of(OVERALL, equals("RSSTRESC", "PD"))
)
assessed = censor("rs", "RSDTC", "Last adequate tumour assessment", where=all_of(OVERALL, ADEQUATE))
unassessed = censor("adsl", "TRTSDT", "No tumour assessment after baseline", cnsr=2)


def adtte(adsl, ss, rs, ct, study):
    assumed = is_in("SUBJID", study.settings.texts("assumed_censored"))
    confirmed = event("ss", "SSDTC", "Death", where=all_of(died, not_(assumed)))
    assumed_alive = censor("ss", "SSDTC", ASSUMED, where=all_of(died, assumed), cnsr=3)
    status = ss.pipe(derive_vars_merged, adsl, "USUBJID", ["SUBJID"], lineage=False)
    return (
        derive_params_tte(
            [
                Endpoint("OS", "TRTSDT", first(death), last(alive), treated),
                Endpoint("OSS1", "TRTSDT", first(confirmed), last(alive, assumed_alive), treated),
                Endpoint("FUP", "TRTSDT", last(observed), last(death_ends_follow_up), treated),
                Endpoint(
                    "PFS", "TRTSDT", first(progression, death), last(assessed, unassessed), treated
                ),
                Endpoint("OSREC", "RECURDT", first(death), last(alive), treated),
            ],
            adsl=adsl,
            ss=status,
            rs=rs,
        )
        .pipe(derive_vars_param, ct["TTEPARCD"])
        .assign(
            TRTP=lambda frame: frame["TRT01P"],
            TRTPN=lambda frame: frame["TRT01PN"],
            TRTA=lambda frame: frame["TRT01A"],
            TRTAN=lambda frame: frame["TRT01AN"],
            AVALM=lambda frame: frame["AVAL"] / float(study.settings.text("month_days")),
            ASSUMPFL=yes(equals("EVNTDESC", ASSUMED)),
        )
        .pipe(derive_var_aseq, by=["PARAMN"])
    )
