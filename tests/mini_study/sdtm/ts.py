"""TS: one record per trial summary parameter value, from sdtm/trial_design.yaml."""

from pipeline.sdtm.trial_design import trial_summary


def ts(study):
    return trial_summary(study)
