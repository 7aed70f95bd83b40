"""TE: one record per planned element, from sdtm/trial_design.yaml."""

from pipeline.sdtm.trial_design import trial_elements


def te(study):
    return trial_elements(study)
