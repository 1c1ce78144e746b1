"""Makes the test engines importable, here and in engine processes, which are told this process's `sys.path`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
