"""`python -m evaluation.statistics MEASURE …`: any measure from a file, without the platform or a database."""

import sys

from evaluation.statistics.command import main

sys.exit(main(sys.argv[1:]))
