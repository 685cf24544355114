from pathlib import Path

import pytest
import snippets

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/[!_]*.md"))]
PAGES = [page for page in PAGES if snippets.SNIPPET.search(page.read_text())]


def test_pages_are_found():
    assert {"README.md", "index.md", "images.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_code_of_a_page_runs(page):
    for snippet, output in snippets.outputs(page.read_text()):
        if snippet["output"]:
            assert snippets.alike(output, snippets.shown(snippet)), output


def test_outputs_agree_but_for_rounding():
    assert snippets.alike("a  0.93 -1.0e-3", "a 0.95 0.0")
    assert not snippets.alike("a 0.93", "b 0.93")
    assert not snippets.alike("123.4", "150.0")
    assert not snippets.alike("3 rows", "4 rows")
