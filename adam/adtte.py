"""ADTTE: one record per subject per time-to-event parameter."""

from pipeline.adam.flags import derive_var_exists, yes
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.pfs import Dates, derive_params_pfs, read_schedule
from pipeline.adam.treatment import derive_var_aseq
from pipeline.adam.tte import Endpoint, censor, derive_params_tte, event, first, last
from pipeline.merge import derive_vars_merged, stacked
from pipeline.where import all_of, equals, flagged, is_in, not_

ASSUMED = "Assumed alive at last contact"
treated = flagged("FASFL")
died = equals("SSSTRESC", "DEAD")

death = event("ss", "SSDTC", "Death", where=died)
alive = censor("ss", "SSDTC", "Alive at last contact", where=equals("SSSTRESC", "ALIVE"))
observed = event("ss", "SSDTC", "Observed until last contact", where=equals("SSSTRESC", "ALIVE"))
death_ends_follow_up = censor("ss", "SSDTC", "Death", where=died)

# Progression-free survival by the rules of pipeline/adam/pfs.py. Anti-carcinoma therapy beside the
# infusions is part of the protocol and does not censor: there is no date of a new therapy.
PFS = Dates(therapy="")
OVERALL = equals("PARAMCD", "OVRLRESP")


def adtte(adsl, ss, adrs, tu, ct, study):
    assumed = is_in("SUBJID", study.settings.texts("assumed_censored"))
    confirmed = event("ss", "SSDTC", "Death", where=all_of(died, not_(assumed)))
    assumed_alive = censor("ss", "SSDTC", ASSUMED, where=all_of(died, assumed), cnsr=3)
    status = ss.pipe(derive_vars_merged, adsl, "USUBJID", ["SUBJID"], lineage=False)
    survival = derive_params_tte(
        [
            Endpoint("OS", "TRTSDT", first(death), last(alive), treated),
            Endpoint("OSS1", "TRTSDT", first(confirmed), last(alive, assumed_alive), treated),
            Endpoint("FUP", "TRTSDT", last(observed), last(death_ends_follow_up), treated),
            Endpoint("OSREC", "RECURDT", first(death), last(alive), treated),
        ],
        adsl=adsl,
        ss=status,
    )
    responses = adrs.loc[OVERALL].assign(OVRLRESP=lambda frame: frame["AVALC"])
    schedule = read_schedule(study.settings.block("tumour_assessments"))
    subjects = adsl.pipe(derive_var_exists, tu, "TUBLFL", flagged("TULOBXFL"))
    progression_free = derive_params_pfs(subjects, responses, schedule, PFS, treated)
    return (
        stacked(survival, progression_free.drop(columns=["TUBLFL"]))
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
