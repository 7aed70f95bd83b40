"""TV: one record per planned visit per arm, from sdtm/trial_design.yaml."""

from pipeline.sdtm.trial_design import trial_visits


def tv(study):
    return trial_visits(study)
