"""The clock of the speed benchmark.

Where all compute in one thread, CPU time is what they would take on a machine of their own; on one
that is busy with other work, wall time tells more about that work.
"""

import os
import time

clock = time.perf_counter if os.environ.get("SPEED_THREADS") == "all" else time.process_time
