"""ADTTE: time to the first dermatologic event, the first TEAE, the first serious TEAE and death."""

from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.tte import Endpoint, censor, derive_params_tte, event, first, last
from pipeline.where import flagged

# the wording of the published dataset
dermatologic = event("adae", "ASTDT", "Dematologic Event Occured", where=flagged("AOCC01FL"))
emergent = event("adae", "ASTDT", "Adverse Event", where=flagged("AOCCFL"))
serious = event("adae", "ASTDT", "Serious Adverse Event", where=flagged("AOCC02FL"))
death = event("dm", "DTHDTC", "Death", where=flagged("DTHFL"))
ended = censor("adsl", "RFENDT", "Study Completion Date")
alive = censor("dm", "RFPENDTC", "Last Known Alive")


def adtte(adsl, adae, dm, ct):
    made = derive_params_tte(
        [
            Endpoint("TTDE", "TRTSDT", first(dermatologic), last(ended)),
            Endpoint("TTAE", "TRTSDT", first(emergent), last(ended)),
            Endpoint("TTSAE", "TRTSDT", first(serious), last(ended)),
            Endpoint("OS", "TRTSDT", first(death), last(alive)),
        ],
        adsl=adsl,
        adae=adae,
        dm=dm,
    )
    return made.pipe(derive_vars_param, ct["TTEPARCD"]).assign(
        TRTP=made["TRT01P"],
        TRTA=made["TRT01A"],
        TRTAN=made["TRT01AN"],
        TRTDUR=made["TRTDURD"],
    )
