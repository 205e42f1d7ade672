"""``python -m course``: the same as ``course``, where the command is not on the path."""

import sys

from course.cli import main

sys.exit(main())
