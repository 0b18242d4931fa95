"""What all tests share."""

from __future__ import annotations

import os

# One thread for numeric libraries, as in the workers: two cores are shared by everything.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
