"""The habits of the house, held by tests: floors, sizes, light import, exported names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import classifier

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "classifier"
FLOORS = [
    {"errors", "places", "forking", "stance"},
    {"abbreviations", "remarks", "text", "toml_files"},
    {"codebook"},
    {"records", "themes", "clauses", "accounts"},
    {"features"},
    {"hashing", "clause_scores", "quoted_phrases"},
    {"stretches"},
    {"packing", "theme_tables"},
    {"stems"},
    {"scorer", "weights"},
    {"model", "sentences", "agreement"},
    {
        "explaining",
        "estimator",
        "calibrating",
        "evaluating",
        "labelled_set",
        "storage",
        "references",
        "splitting",
        "thesaurus",
    },
    {"readers", "writers", "fetching", "fitting"},
    {
        "training",
        "judging",
        "reporting",
        "scoring",
        "selecting",
        "config",
        "baselines",
        "hydrating",
        "journal",
        "answers",
        "composition",
    },
    {"shards"},
    {"building", "running", "checking", "sharding"},
    {"batching"},
    {"commands", "__init__"},
]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {name.split(".")[1] for name in names if name.startswith("classifier.")}


MODULES = sorted(PACKAGE.rglob("*.py"))


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_its_own_or_lower_floors(path):
    room = room_of(path)
    above = {other for other in imported_rooms(path) if other != room and floor_of(other) > floor_of(room)}
    assert not above


def test_no_two_rooms_import_each_other():
    uses = {}
    for path in MODULES:
        uses.setdefault(room_of(path), set()).update(imported_rooms(path) - {room_of(path)})
    seen: set[str] = set()

    def visit(room, trail):
        assert room not in trail, f"cycle: {[*trail, room]}"
        if room not in seen:
            for other in uses.get(room, ()):
                visit(other, [*trail, room])
            seen.add(room)

    for room in uses:
        visit(room, [])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_stays_readable(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 260


def test_every_exported_name_opens():
    assert sorted(classifier.__all__) == list(classifier.__all__)
    for name in classifier.__all__:
        assert getattr(classifier, name) is not None
    with pytest.raises(AttributeError):
        _ = classifier.no_such_name


@pytest.mark.parametrize(
    "code",
    [
        "import classifier",
        "import cli, typer.testing; typer.testing.CliRunner().invoke(cli.app, ['--help'])",
        "import cli, typer.testing; typer.testing.CliRunner().invoke(cli.app, ['check', 'Work is good for you.'])",
    ],
)
def test_light_paths_load_neither_scikit_learn_nor_nltk_nor_numpy(code):
    assert not loaded_by(code) & {"sklearn", "nltk", "scipy", "joblib", "numpy"}


def test_checking_one_sentence_loads_no_numpy_and_no_parser_of_options():
    heavy = loaded_by("import cli\ntry: cli.run(['check', 'Work is good for you.'])\nexcept SystemExit: pass")
    assert not heavy & {"sklearn", "nltk", "scipy", "joblib", "numpy", "typer", "pydantic", "rich", "orjson"}


def test_scoring_many_loads_neither_scikit_learn_nor_nltk_nor_scipy():
    code = "from classifier import load_model, score_text; score_text('Work is good for you. ' * 3000, load_model())"
    assert not loaded_by(code) & {"sklearn", "nltk", "scipy", "joblib"}


def loaded_by(code: str) -> set[str]:
    """Return the names of the modules that a new interpreter has loaded after `code`."""
    check = f"{code}\nimport sys; print('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split("LOADED", 1)[1].split())
