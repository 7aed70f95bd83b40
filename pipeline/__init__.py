"""crf2csr: from the CRF records of a clinical trial to the package an agency reviewer opens."""
