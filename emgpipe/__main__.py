"""``python -m emgpipe``."""

import sys

from emgpipe.cli import main

sys.exit(main())
