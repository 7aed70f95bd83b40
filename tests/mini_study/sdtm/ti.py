"""TI: one record per eligibility criterion, from sdtm/trial_design.yaml."""

from pipeline.sdtm.trial_design import trial_criteria


def ti(study):
    return trial_criteria(study)
