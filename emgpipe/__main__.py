"""``python -m emgpipe``."""

import sys

from emgpipe.cli import main

if __name__ == "__main__":  # not where a process of our own looks at this file
    sys.exit(main())
