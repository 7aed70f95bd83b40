"""RELREC: adverse events to infusions, products to infusions, lesions to their measurements."""

from pipeline.merge import stacked
from pipeline.sdtm.relations import relate_datasets, relate_records
from pipeline.where import present


def relrec(ae, ex, suppae, study):
    infusions = suppae.loc[suppae["QNAM"] == "AEINFN"].set_index(["USUBJID", "IDVARVAL"])["QVAL"]
    keys = list(zip(ae["USUBJID"], ae["AESEQ"].astype("str"), strict=True))
    events = ae.assign(AEINFN=infusions.reindex(keys).to_numpy())
    return stacked(
        relate_datasets(study.id, "EXCP", {"EX": ("EXLOT", "ONE"), "CP": ("CPREFID", "MANY")}),
        relate_datasets(study.id, "EXBS", {"EX": ("EXLOT", "ONE"), "BS": ("BSREFID", "MANY")}),
        relate_datasets(study.id, "TUTR", {"TU": ("TULNKID", "ONE"), "TR": ("TRLNKID", "MANY")}),
        relate_datasets(study.id, "TRRS", {"TR": ("TRLNKGRP", "MANY"), "RS": ("RSLNKGRP", "ONE")}),
        relate_records(events.loc[present("AEINFN")], ex, {"AEINFN": "EXLNKID"}, "AEEX"),
    )
