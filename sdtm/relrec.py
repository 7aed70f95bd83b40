"""RELREC: adverse events to infusions, products to infusions, lesions to their measurements."""

from pipeline.sdtm import relations
from pipeline.sdtm.relations import relate_datasets, relate_records


def relrec(ae, ex, cp, bs, tu, tr, rs, suppae):
    infusions = suppae.loc[suppae["QNAM"] == "AEINFN"].set_index(["USUBJID", "IDVARVAL"])["QVAL"]
    keys = list(zip(ae["USUBJID"], ae["AESEQ"].astype("str"), strict=True))
    events = ae.assign(AEINFN=infusions.reindex(keys).to_numpy())
    return relations.relrec(
        relate_datasets(ex, cp, ["EXLOT", "CPREFID"], "EXCP"),
        relate_datasets(ex, bs, ["EXLOT", "BSREFID"], "EXBS"),
        relate_datasets(tu, tr, ["TULNKID", "TRLNKID"], "TUTR"),
        relate_datasets(tr, rs, ["TRLNKGRP", "RSLNKGRP"], "TRRS"),
        relate_records(events, ex, {"AEINFN": "EXLNKID"}, "AEEX"),
        **{"ae": ae, "ex": ex, "cp": cp, "bs": bs, "tu": tu, "tr": tr, "rs": rs},
    )
