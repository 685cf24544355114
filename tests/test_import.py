import subprocess
import sys


def test_what_is_used_rarely_is_not_imported():
    code = "import sys, sklearn_rnn; print(*{name.split('.')[0] for name in sys.modules})"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not {"matplotlib", "numba", "polars", "pyarrow", "jax"} & set(run.stdout.split())
