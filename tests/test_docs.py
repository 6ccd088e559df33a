"""Every command, query and sample in `docs/` is run, in a folder that holds nothing but the examples."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from classifier.config import read_file
from classifier.writers.formats import FORMATS

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ["output.md", "formats.md", "batch.md", "recipes/newsroom.md", "recipes/research.md", "recipes/campaign.md"]


@pytest.fixture
def folder(tmp_path):
    """A folder with the examples, and `framing` on the path."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    command = tmp_path / "bin" / "framing"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "cli.py"}" "$@"\n')
    command.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_can_be_done(page, folder):
    environment = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for language, block in BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")):
        if language in ("sh", "python"):
            command = (
                ["sh", "-e", "-c", block] if language == "sh" else [sys.executable, "-c", python_so_far(page, block)]
            )
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{block}\n{done.stderr}"
        elif language == "sql":
            with closing(sqlite3.connect(folder / "findings.db")) as database:
                assert database.execute(block).fetchall()
        elif language == "toml":
            (folder / "sample.toml").write_text(block)
            assert read_file(folder / "sample.toml").keys() == tomllib.loads(block).keys()
        else:
            assert language == ""


def python_so_far(page, block):
    """Return a Python sample with those before it on the same page, as in a notebook."""
    samples = [text for language, text in BLOCK.findall((ROOT / "docs" / page).read_text()) if language == "python"]
    return "".join(samples[: samples.index(block) + 1])


def test_every_field_of_the_schema_is_explained():
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    kinds = json.loads((ROOT / "docs" / "output.schema.json").read_text(encoding="utf-8"))["$defs"]
    named = {name for kind in kinds.values() for name in kind.get("properties", {})}
    assert {name for name in named if f"`{name}`" not in page and f'"{name}"' not in page} == set()


def test_every_format_and_setting_is_on_its_page():
    from classifier.config import OPTIONS

    formats = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"| `{name}` |" not in formats] == []
    pages = "".join((ROOT / "docs" / page).read_text(encoding="utf-8") for page in PAGES)
    unnamed = [name for name in OPTIONS if f"--{name}" not in pages]
    assert unnamed == []
