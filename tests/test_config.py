"""doleances.toml: what may be set, and what is said of a mistake in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import config
from pipeline.errors import DoleancesError, ExitCode


def load(tmp_path: Path, content: str | bytes) -> config.Config:
    path = tmp_path / "doleances.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return config.load(path)


def refused(tmp_path: Path, content: str | bytes) -> DoleancesError:
    with pytest.raises(DoleancesError) as caught:
        load(tmp_path, content)
    assert caught.value.exit_code == ExitCode.WRONG_USAGE
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "doleances.toml") in str(caught.value)
    return caught.value


def test_without_a_file_everything_has_a_default() -> None:
    assert config.load(None) == config.Config()


def test_what_a_file_sets_is_taken_and_the_rest_keeps_its_default(tmp_path: Path) -> None:
    loaded = load(tmp_path, '[topics]\ntopics = 12\n[privacy]\nsalt = "sel"\n[entities]\nregister = "mine.csv"\n')
    assert (loaded.topics.topics, loaded.privacy.salt) == (12, "sel")
    assert loaded.entities.register_path == "mine.csv"
    assert loaded.topics.seed == config.Config().topics.seed


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == config.Config()


def test_an_unknown_section_names_the_known_ones(tmp_path: Path) -> None:
    error = refused(tmp_path, "[topic]\ntopics = 3\n")
    assert error.problem.code == "E121"
    assert "« topic »" in str(error)
    assert all(name in str(error) for name in ("ingest", "entities", "topics", "privacy", "report", "execution"))


def test_an_unknown_key_names_the_known_ones_of_its_section(tmp_path: Path) -> None:
    error = refused(tmp_path, "[topics]\nneighbors = 3\n")
    assert error.problem.code == "E121"
    assert "« topics.neighbors »" in str(error) and "neighbours" in str(error)


def test_a_known_key_is_named_as_a_person_writes_it(tmp_path: Path) -> None:
    error = refused(tmp_path, '[entities]\nregister_path = "x"\n')
    assert "register_path" in error.problem.what and "spelling: register" in str(error)
    assert "register_path" not in error.problem.remedy


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("[execution]\nworkers = 0\n", "execution.workers"),
        ("[topics]\nminimum_score = 2.0\n", "topics.minimum_score"),
        ('[topics]\ntopics = "many"\n', "topics.topics"),
        ("[topics]\ntopics = 0\n", "topics.topics"),
        ("[topics]\nseed = -1\n", "topics.seed"),
        ("[topics]\nseed = 4294967296\n", "topics.seed"),
        ("[topics]\ntopics = -3\n", "topics.topics"),
        ('[report]\nlanguage = "de"\n', "report.language"),
        ('topics = "auto"\n', "topics"),
        ("[ingest]\npartition_size = 0\n", "ingest.partition_size"),
    ],
)
def test_a_value_out_of_range_is_named_with_its_key(tmp_path: Path, content: str, key: str) -> None:
    error = refused(tmp_path, content)
    assert error.problem.code == "E120"
    assert key in str(error)


@pytest.mark.parametrize("content", ["[topics\n", "a = = 1", b"\xff\xfe", "topics = 1\ntopics = 2\n"])
def test_broken_toml_is_told_in_one_line(tmp_path: Path, content: str | bytes) -> None:
    assert refused(tmp_path, content).problem.code == "E120"


def test_a_missing_file_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError) as caught:
        config.load(tmp_path / "never.toml")
    assert caught.value.problem.code == "E101" and caught.value.exit_code == ExitCode.WRONG_USAGE


def test_a_folder_in_place_of_the_file_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError, match="E120"):
        config.load(tmp_path)


def test_options_replace_values_and_none_leaves_them() -> None:
    start = config.Config().with_values("topics", topics=7)
    assert start.with_values("topics", topics=None, model=None) is start
    changed = start.with_values("topics", model="none")
    assert (changed.topics.topics, changed.topics.model) == (7, "none")


@pytest.mark.parametrize(("section", "values"), [("execution", {"workers": 0}), ("topics", {"topics": "foo"})])
def test_a_wrong_option_is_named_as_it_is_typed(section: str, values: dict[str, object]) -> None:
    with pytest.raises(DoleancesError) as caught:
        config.Config().with_values(section, **values)
    assert caught.value.problem.code == "E122" and caught.value.exit_code == ExitCode.WRONG_USAGE
    assert f"--{next(iter(values))}: " in str(caught.value)


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        config.Config().topics.seed = 3  # type: ignore[misc]
