"""RELREC: lesions to their measurements, measurements to the response of the scan."""

from pipeline.sdtm import relations
from pipeline.sdtm.relations import relate_datasets


def relrec(tu, tr, rs):
    return relations.relrec(
        relate_datasets(tu, tr, ["TULNKID", "TRLNKID"], "TUTR"),
        relate_datasets(tr, rs, ["TRLNKGRP", "RSLNKGRP"], "TRRS"),
        **{"tu": tu, "tr": tr, "rs": rs},
    )
