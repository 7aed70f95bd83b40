"""TA: one record per planned element per arm, from sdtm/trial_design.yaml."""

from pipeline.sdtm.trial_design import trial_arms


def ta(study):
    return trial_arms(study)
