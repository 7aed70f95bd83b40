"""crf2csr: from the CRF records of a clinical trial to the package an agency reviewer opens."""

import os
import sys

if sys.platform == "linux":  # of the allocators in Arrow's wheels, the one that gives memory back
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
