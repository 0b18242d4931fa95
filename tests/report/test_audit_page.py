"""Audits and agreement in the report and the dataset card: told when there are any, and nothing said when not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline import dataset, report
from pipeline.review import decisions as log
from pipeline.review.audit import Audit, draw
from pipeline.review.decisions import Decision, Target
from pipeline.workspace import Workspace
from tests.report.pages import CONFIG, Page
from tests.workspaces import HOSTILE, small


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small(tmp_path_factory.mktemp("made"))
    written(workspace)
    return Path(workspace.path)


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    """A workspace with a finished report, of the test alone."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Workspace(tmp_path)


def written(workspace: Workspace, language: str = "fr") -> tuple[Page, str]:
    """Return the page of the whole and the card, with usual blanks."""
    problems = dataset.run(workspace, CONFIG).problems
    report.run(workspace, CONFIG.with_values("report", language=language))
    card = (workspace.path / "dataset" / "README.md").read_text("utf-8")
    page = Page((workspace.path / "report" / "index.html").read_text("utf-8"))
    plain = " ".join([*card.replace("\u00a0", " ").replace("\u202f", " ").split(), *problems])
    return page, plain


def said(page: Page) -> str:
    return " ".join(page.said.replace("\u00a0", " ").replace("\u202f", " ").split())


def judge(workspace: Workspace, audit: Audit, author: str, topics: list[str]) -> None:
    log.append(
        workspace,
        [
            Decision(
                decision_id=f"d-{author}-{answer.answer_id}",
                at="2026-02-03T10:00:00Z",
                author=author,
                action="assign",
                target=Target(kind="answer", answer_id=answer.answer_id, start=0, end=3, quote="abc"),
                after=list(topics),
                note=f"audit:{audit.audit_id}",
            )
            for answer in audit.answers
        ],
    )


def test_without_audits_and_double_coding_nothing_is_said_of_them(workspace: Workspace) -> None:
    page, card = written(workspace)
    assert "Audit" not in said(page) and "Accord entre relecteurs" not in said(page)
    assert "data-audit" not in page.source and "decisions" not in said(page)
    assert "## Audit" not in card and "aucun n’est enregistré" in card and '"audits"' not in card


def test_an_audit_that_nobody_began_is_said_to_say_nothing(workspace: Workspace) -> None:
    audit = draw(workspace, 3)
    page, card = written(workspace)
    assert f"Audit {audit.audit_id}" in said(page) and "l’audit ne dit rien des erreurs" in said(page)
    assert "3 textes ont été tirés au hasard parmi 4 textes uniques (5 réponses lisibles)" in said(page)
    assert "3 textes tirés parmi 4 (5 réponses lisibles), 0 relus." in card


def test_what_people_found_stands_in_report_and_card(workspace: Workspace) -> None:
    audit = draw(workspace, 200)
    judge(workspace, audit, "Ana", ["t-post"])
    page, card = written(workspace)
    # Right for two texts, which three answers sent; wrong for the two answers to which the machine gives no theme.
    for told in (said(page), card):
        assert "Thème principal faux : 40,0 % (40,0 à 40,0 %) des réponses" in told
        assert "Ana (4)" in told and "Tenenbein" in told and "Accord entre relecteurs" not in told
    rows = {
        str(row.attributes["data-audited"]): [cell.replace("\u00a0", " ") for cell in row.cells]
        for row in page.rows
        if "data-audited" in row.attributes and row.cells[0] == "Q2"
    }
    all_of_them, none_of_them = "100,0 % (100,0 à 100,0 %)", "0,0 % (0,0 à 0,0 %)"
    assert rows["t-post"] == ["Q2", "Poste et transports", "2", "100,0 %", *[all_of_them] * 3]
    assert rows["t-health"] == ["Q2", "Médecins", "2", "66,7 %", none_of_them, none_of_them, "–"]
    assert "| Q2 | Médecins | 2 | 66,7 % | 0,0 % (0,0 à 0,0 %) | 0,0 % (0,0 à 0,0 %) | – |" in card


def test_two_people_are_compared_and_their_names_are_escaped(workspace: Workspace) -> None:
    audit = draw(workspace, 200)
    judge(workspace, audit, "Ana", ["t-health"])
    judge(workspace, audit, HOSTILE, ["t-post"])
    page, card = written(workspace)
    assert "Accord entre relecteurs" in said(page) and "4 réponses décidées par au moins deux personnes" in said(page)
    assert "<script>alert" not in page.source and "<script>alert" not in card
    assert "alpha de Krippendorff -0,75" in card  # 1 - 1 / (32 / 56)
    assert "4 textes relus par plusieurs personnes" in said(page)


def test_an_english_report_tells_them_in_english(workspace: Workspace) -> None:
    audit = draw(workspace, 3)
    judge(workspace, audit, "Ana", ["t-health"])
    judge(workspace, audit, "Bo", ["t-health", "t-post"])
    page, _ = written(workspace, "en")
    for told in ("Wrong main theme:", "Agreement between reviewers", "Reviewers:", "3 texts drawn at random from"):
        assert told in said(page)


def test_a_verdict_or_an_audit_makes_the_stages_run_again_and_nothing_else_does(workspace: Workspace) -> None:
    assert dataset.run(workspace, CONFIG).skipped and report.run(workspace, CONFIG).skipped
    audit = draw(workspace, 3)
    assert not dataset.run(workspace, CONFIG).skipped
    assert not report.run(workspace, CONFIG).skipped
    judge(workspace, audit, "Ana", ["t-health"])
    assert not dataset.run(workspace, CONFIG).skipped
    assert not report.run(workspace, CONFIG).skipped
    assert dataset.run(workspace, CONFIG).skipped and report.run(workspace, CONFIG).skipped


def test_a_damaged_audit_is_a_problem_of_the_dataset_and_stops_nothing(workspace: Workspace) -> None:
    folder = workspace.path / "audits"
    folder.mkdir()
    (folder / "1-abc.json").write_text("{", "utf-8")
    page, card = written(workspace)
    assert "E430" in card and "Audit" not in said(page)


def test_an_audit_of_earlier_themes_says_so(workspace: Workspace) -> None:
    draw(workspace, 3)
    workspace.manifest["stages"]["topics"]["fingerprint"] = "another"
    workspace.save_manifest()
    page, card = written(workspace)
    assert "Les thèmes ont été refaits depuis ce tirage" in said(page) and "Les thèmes ont été refaits" in card
