"""Snippets of the pages, as one would run them in a notebook.

A block of Python shows what it prints and the value of its last line, where a block of text follows
it. Blocks of a page share their names. To write what they show now into pages:

    .venv/bin/python tests/snippets.py docs/user_guide/*.md
"""

import ast
import contextlib
import io
import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt

SNIPPET = re.compile(
    r"^```(?P<kind>python|\{plot\})\n(?P<code>.*?)^```\n(?P<output>\n```text\n.*?^```\n)?",
    flags=re.DOTALL | re.MULTILINE,
)
OPTION = re.compile(r"^:.*\n", flags=re.MULTILINE)  # of the directive that draws a picture
DECIMAL = re.compile(r"-?\d+\.\d*(?:e-?\d+)?")


def run(code, namespace):
    """Run a block; return what it printed, and after that its last value, if there is one."""
    statements = ast.parse(OPTION.sub("", code)).body
    last = statements.pop() if isinstance(statements[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(ast.Module(statements, []), "<page>", "exec"), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<page>", "eval"), namespace)
            if value is not None:
                print(repr(value))
    plt.close("all")
    return "\n".join(line.rstrip() for line in printed.getvalue().splitlines())


def outputs(text):
    """Run a page; yield each block as a match, and what it shows."""
    namespace = {"__name__": "page"}
    for snippet in SNIPPET.finditer(text):
        yield snippet, run(snippet["code"], namespace)


def shown(snippet):
    """Return the output that the page shows after a block, or None."""
    return snippet["output"] and snippet["output"].strip().removeprefix("```text\n")[:-4]


def alike(first, second):
    """Whether two outputs agree, decimals but for what another machine makes of them."""
    words = [DECIMAL.sub("#", output).split() for output in (first, second)]
    numbers = [[float(number) for number in DECIMAL.findall(output)] for output in (first, second)]
    return words[0] == words[1] and all(
        abs(a - b) <= 0.1 * max(1, abs(b)) for a, b in zip(*numbers, strict=True)
    )


def rewrite(page):
    """Write what the blocks show into the page."""
    text = page.read_text()
    parts, end = [], 0
    for snippet, output in outputs(text):
        if snippet["output"]:
            parts += [text[end : snippet.start("output")], f"\n```text\n{output}\n```\n"]
            end = snippet.end()
    page.write_text("".join([*parts, text[end:]]))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rewrite(Path(name))
