"""The clock of the speed benchmark.

All compute in one thread, so that CPU time is what they would take on a machine of their own; on
a machine that is busy with other work, wall time tells more about that work.
"""

import os
import time

clock = time.perf_counter if os.environ.get("SPEED_CLOCK") == "wall" else time.process_time
