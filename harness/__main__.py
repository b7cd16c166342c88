"""`python -m harness` is `veristance`."""

import sys

from harness.cli import main

sys.exit(main())
