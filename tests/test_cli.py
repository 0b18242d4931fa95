"""The command line as people meet it: exit codes and what is printed, in a process of its own where that matters."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.config import Config
from pipeline.resources import resource
from tests import corpus, forms
from tests.workspaces import small

SEED = next(resource("seeds", "contributions").glob("*.txt"))
LINE = re.compile(r"[EN]\d{3} .+\.")


def process(*arguments: object, cwd: Path, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent), "COLUMNS": "200"}
    command = [sys.executable, *options, "-m", "pipeline.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def doleances(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, which has loaded everything: in a tenth of the time."""
    command = ["doleances", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(cwd)
        patch.setenv("COLUMNS", "200")
        patch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            cli.main()
    out.seek(0)
    err.seek(0)
    return subprocess.CompletedProcess(command, int(ended.value.code or 0), out.read(), err.read())


def refused(done: subprocess.CompletedProcess[str], code: str, exit_code: int = 2) -> str:
    """Check that a command ended in plain lines with a code, and return the line of `code`."""
    assert done.returncode == exit_code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout and "Usage:" not in done.stderr
    found = [line for line in done.stderr.splitlines() if line.startswith(code)]
    assert len(found) == 1, done.stderr
    assert LINE.fullmatch(found[0]), found[0]
    return found[0]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Run on the seed document alone, as the README says; what it printed, and where."""
    folder = tmp_path_factory.mktemp("seeded")
    (folder / "in").mkdir()
    shutil.copy(SEED, folder / "in")
    return folder, process("run", "in", cwd=folder)


def test_the_seed_document_alone_gives_ledger_themes_organisations_and_paths(
    seeded: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = seeded
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for state, count in (("received", 33), ("closed", 8), ("empty", 15)):
        assert re.search(rf"\b{state}\W+{count}\b", done.stdout), done.stdout
    assert "thème proposé" in done.stdout and "« " in done.stdout
    for organisation in ("La Poste", "ENEDIS", "SNCF"):
        assert organisation.lower() in done.stdout.lower()
    assert "workspace/dataset" in done.stdout and "workspace/report/index.html" in done.stdout
    assert (folder / "workspace" / "report" / "index.html").is_file()
    assert (folder / "workspace" / "dataset" / "answers.parquet").is_file()


def test_each_stage_says_in_a_line_what_it_did(seeded: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    for stage in ("ingest", "tokenise", "entities", "topics", "dataset", "report"):
        assert re.search(rf"^{stage} +done in [\d.]+ s: ", seeded[1].stderr, re.MULTILINE)


def test_progress_does_not_show_where_there_is_no_terminal(
    seeded: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    assert "\x1b" not in seeded[1].stdout + seeded[1].stderr and "\r" not in seeded[1].stderr


def test_a_second_run_does_nothing_and_does_not_load_what_it_does_not_need(
    seeded: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, first = seeded
    again = process("run", "in", cwd=folder, options=("-X", "importtime"))
    said = [line for line in again.stderr.splitlines() if not line.startswith("import time:")]
    assert again.returncode == 0
    assert sum("up to date" in line for line in said) == 6
    assert again.stdout == first.stdout
    loaded = {line.rpartition("|")[2].strip() for line in again.stderr.splitlines() if "import time:" in line}
    assert "pipeline.ingest.layouts" in loaded
    assert not loaded & {"spacy", "umap", "sklearn", "torch", "numba"}


def test_status_tells_the_stages_and_the_ledger(seeded: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    done = doleances("status", cwd=seeded[0])
    assert done.returncode == 0
    assert done.stdout.count("up to date") == 6
    assert re.search(r"\breceived\W+33\b", done.stdout)


def test_status_as_json_is_one_object(seeded: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    content = json.loads(doleances("status", "--json", cwd=seeded[0]).stdout)
    assert set(content["stages"].values()) == {"up to date"}
    assert content["coverage"]["received"] == sum(content["coverage"]["states"].values()) == 33


def test_run_as_json_is_one_object(seeded: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    content = json.loads(doleances("run", "in", "--json", cwd=seeded[0]).stdout)
    assert content["coverage"]["received"] == 33
    assert content["themes"] and content["organisations"]
    stages = [stage["stage"] for stage in content["stages"]]
    assert stages == ["ingest", "tokenise", "entities", "topics", "dataset", "report"]
    assert content["report"].endswith("report/index.html")


def test_one_stage_can_be_run_alone_and_does_nothing_when_nothing_changed(
    seeded: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    for stage in ("tokenise", "entities", "topics", "dataset", "report"):
        done = doleances(stage, cwd=seeded[0])
        assert done.returncode == 0 and "up to date" in done.stderr


def test_verify_holds_and_fails_after_one_byte_is_flipped(
    seeded: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert doleances("verify", cwd=seeded[0]).returncode == 0
    copy = Path(shutil.copytree(seeded[0] / "workspace", tmp_path / "workspace"))
    question = next((copy / "report" / "questions").iterdir()).relative_to(copy).as_posix()
    for relative in ("tables/segments/part-00000.parquet", "dataset/answers.parquet", "report/index.html", question):
        path = copy / relative
        whole = path.read_bytes()
        spoilt = bytearray(whole)
        spoilt[len(spoilt) // 2] ^= 1
        path.write_bytes(spoilt)
        done = doleances("verify", cwd=tmp_path)
        assert done.returncode == 3 and relative in done.stderr, done.stderr
        path.write_bytes(whole)
    assert doleances("verify", cwd=tmp_path).returncode == 0


def test_sql_answers_over_the_tables(seeded: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    statement = "SELECT state, count(*) AS n FROM answers GROUP BY state ORDER BY state"
    done = doleances("sql", statement, "--format", "json", cwd=seeded[0])
    rows = json.loads(done.stdout)
    assert sum(row["n"] for row in rows) == 33
    assert doleances("sql", statement, "--format", "csv", cwd=seeded[0]).stdout.startswith("state,n\n")
    assert "closed" in doleances("sql", statement, cwd=seeded[0]).stdout


def test_sql_says_which_organisations_are_named_with_which_themes(
    seeded: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    found = re.search(r'sql "(SELECT o\.name.*?)"', readme, re.DOTALL)
    assert found is not None
    rows = json.loads(doleances("sql", found[1], "--format", "json", cwd=seeded[0]).stdout)
    assert rows and all(row["answers"] >= 1 and row["label"] for row in rows)


def test_a_register_is_checked_with_every_row_that_cannot_stand(tmp_path: Path) -> None:
    assert doleances("register", "lint", cwd=tmp_path).stdout.endswith("0 errors, 0 warnings\n")
    own = tmp_path / "own.csv"
    own.write_text("organisation_id;name;kind\na;A;entreprise\nb;Bon;rien\n", encoding="utf-8")
    done = doleances("register", "lint", str(own), cwd=tmp_path)
    assert done.returncode == 2 and "own.csv, line 2" in done.stdout and "own.csv, line 3" in done.stdout
    refused(doleances("register", "lint", "nowhere.csv", cwd=tmp_path), "E101")


@pytest.mark.parametrize(
    "statement",
    [
        "SELEC 1",
        "SELECT * FROM nowhere",
        "",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('in/*')",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "ATTACH 'stolen.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "EXPORT DATABASE 'stolen'",
        "SELECT getenv('HOME')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT 1; COPY answers TO 'stolen.csv'",
    ],
)
def test_sql_that_is_wrong_or_reaches_outside_is_refused(
    seeded: tuple[Path, subprocess.CompletedProcess[str]], statement: str
) -> None:
    refused(doleances("sql", statement, cwd=seeded[0]), "E211")
    assert not list(seeded[0].glob("stolen*"))


def test_models_are_listed_shown_and_verified(seeded: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    listed = doleances("models", "list", cwd=seeded[0])
    assert listed.returncode == 0 and "grand-debat-2019/" in listed.stdout and "(current)" in listed.stdout
    shown = doleances("models", "show", "grand-debat-2019", cwd=seeded[0])
    assert shown.returncode == 0 and "Known failures" in shown.stdout and " themes" in shown.stdout
    assert doleances("models", "verify", "grand-debat-2019", cwd=seeded[0]).returncode == 0
    refused(doleances("models", "show", "never", cwd=seeded[0]), "E301")


def test_a_spoilt_model_is_refused_in_one_line(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(resource("models", "grand-debat-2019"), tmp_path / "model"))
    (copy / "topics.json").write_text("[]")
    refused(doleances("models", "verify", "./model", cwd=tmp_path), "E302")


@pytest.mark.parametrize(("option", "code"), [("--model", "E301"), ("--codebook", "E101")])
def test_a_model_or_codebook_that_is_not_there_is_told_of_before_any_work(
    tmp_path: Path, option: str, code: str
) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(SEED, tmp_path / "in")
    refused(doleances("run", "in", option, "nowhere", cwd=tmp_path), code)
    assert not list((tmp_path / "workspace").rglob("*.parquet"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "in", "--topics", "foo"),
        ("run", "in", "--topics", "0"),
        ("run", "in", "--workers", "0"),
        ("run", "in", "--workers", "many"),
        ("run", "in", "--nonsense"),
        ("run",),
        ("nonsense",),
        ("sql",),
        ("sql", "SELECT 1", "--format", "xml"),
        ("models", "show"),
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_one_plain_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = doleances(*arguments, cwd=tmp_path)
    line = refused(done, "E122")
    assert "--help" in line and done.stderr.splitlines() == [line]
    assert not (tmp_path / "workspace").exists()


@pytest.mark.parametrize("command", ["status", "verify", "tokenise", "topics", "report"])
def test_a_folder_that_is_no_workspace_is_told(tmp_path: Path, command: str) -> None:
    refused(doleances(command, cwd=tmp_path), "E203")
    assert not (tmp_path / "workspace").exists()


def test_a_manifest_that_is_damaged_is_told_by_every_command(tmp_path: Path) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "manifest.json").write_text("{")
    for command in ("status", "verify", "tokenise"):
        refused(doleances(command, cwd=tmp_path), "E207", exit_code=3)


def test_a_fault_of_ours_is_one_plain_line_too(
    seeded: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(seeded[0] / "workspace", tmp_path / "workspace"))
    (copy / "tables" / "answers" / "part-00000.parquet").write_bytes(b"not parquet")
    refused(doleances("sql", "SELECT 1", cwd=tmp_path), "E215", exit_code=3)


def test_lang_writes_the_report_in_english_and_knows_no_third_language(tmp_path: Path) -> None:
    from pipeline import dataset

    dataset.run(small(tmp_path / "workspace"), Config().with_values("execution", workers=1))
    done = doleances("report", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '<html lang="en">' in (tmp_path / "workspace" / "report" / "index.html").read_text("utf-8")
    line = refused(doleances("report", "--lang", "de", cwd=tmp_path), "E122")
    assert "--lang" in line and "'fr', 'en'" in line


def test_help_lists_the_commands(tmp_path: Path) -> None:
    done = doleances("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("run", "ingest", "status", "verify", "sql", "models", "evaluate"))
    assert doleances(cwd=tmp_path).returncode == 2


def test_a_wrong_configuration_is_told(tmp_path: Path) -> None:
    (tmp_path / "doleances.toml").write_text("[topics]\nnumber = 3\n")
    refused(doleances("run", SEED, "--config", "doleances.toml", cwd=tmp_path), "E121")


# -- what people give by mistake ----------------------------------------------------------------------------------


def empty_folder(place: Path) -> None:
    place.mkdir()


def missing(place: Path) -> None:
    pass


def binary(place: Path) -> None:
    place.with_suffix(".csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20)


def other_csv(place: Path) -> None:
    place.with_suffix(".csv").write_text("nom,prix\npomme,1\npoire,2\n", encoding="utf-8")


def truncated_json(place: Path) -> None:
    whole = forms.write_json(place.with_suffix(".json"), corpus.forms(1))
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])


def other_questionnaire(place: Path) -> None:
    text = SEED.read_text(encoding="utf-8").replace("organisation de l'Etat et des services publics", "la pêche à pied")
    place.with_suffix(".txt").write_text(text, encoding="utf-8")


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "an empty folder": (empty_folder, "E102"),
    "a missing path": (missing, "E101"),
    "a binary file": (binary, "E103"),
    "a CSV of no known layout": (other_csv, "E104"),
    "a truncated JSON": (truncated_json, "E105"),
    "a text form of another questionnaire": (other_questionnaire, "E106"),
}


def made(kind: str, folder: Path) -> tuple[Path, str]:
    make, code = BAD[kind]
    make(folder / "bad")
    found = sorted(folder.glob("bad*"))
    return (found[0] if found else folder / "bad"), code


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_alone_is_one_plain_line_and_nothing_could_be_read(tmp_path: Path, kind: str) -> None:
    bad, code = made(kind, tmp_path)
    done = doleances("run", bad, cwd=tmp_path)
    assert bad.name in refused(done, code)
    refused(done, "E112")
    assert done.stdout == ""


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_beside_a_good_file_is_told_and_the_good_file_goes_through(tmp_path: Path, kind: str) -> None:
    bad, code = made(kind, tmp_path)
    done = doleances("ingest", SEED, bad, cwd=tmp_path)
    assert bad.name in refused(done, code, exit_code=1)
    content = json.loads(doleances("status", "--json", cwd=tmp_path).stdout)
    assert content["coverage"]["received"] >= 33
    again = doleances("ingest", SEED, bad, cwd=tmp_path)
    assert again.returncode == 1 and "up to date" in again.stderr


def test_all_of_them_in_one_folder_with_a_good_file_end_in_a_report(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, (make, _) in enumerate(BAD.values()):
        if make is not missing:
            make(tmp_path / "in" / f"bad{number}")
    shutil.copy(SEED, tmp_path / "in" / "good.txt")
    done = doleances("run", "in", cwd=tmp_path)
    for code in ("E103", "E104", "E105", "E106"):
        refused(done, code, exit_code=1)
    assert re.search(r"\breceived\W+33\b", done.stdout)
    assert (tmp_path / "workspace" / "report" / "index.html").is_file()
    assert doleances("verify", cwd=tmp_path).returncode == 0


def test_a_contribution_is_forgotten_by_its_reference_and_an_unknown_one_is_one_plain_line(tmp_path: Path) -> None:
    source = forms.write_csv(tmp_path / "forms.csv", corpus.forms(3))
    assert doleances("ingest", source, cwd=tmp_path).returncode == 0
    done = doleances("forget", "4-2", cwd=tmp_path)
    assert done.returncode == 0 and "1 contribution and 33 answers erased" in done.stdout
    assert "forms.csv still holds it" in done.stdout and "--output" in done.stdout
    left = doleances("sql", "SELECT reference FROM contributions", "--format", "csv", cwd=tmp_path)
    assert left.stdout.split() == ["reference", "4-1", "4-3"]
    unknown = doleances("forget", "4-2", cwd=tmp_path)
    assert unknown.returncode == 2 and unknown.stderr.startswith("E115") and unknown.stderr.count("\n") == 1


def test_added_files_join_those_read_before(tmp_path: Path) -> None:
    one = forms.write_csv(tmp_path / "one.csv", corpus.forms(2))
    other = forms.write_csv(tmp_path / "other.csv", corpus.forms(2), first=2)
    assert doleances("ingest", one, cwd=tmp_path).returncode == 0
    assert doleances("ingest", other, "--add", cwd=tmp_path).returncode in (0, 1)
    counted = doleances("sql", "SELECT count(*) AS n FROM contributions", "--format", "csv", cwd=tmp_path)
    assert counted.stdout.split() == ["n", "3"]
