"""What a stage made of a partition is found again by what it was made from, and nothing breaks where it is gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline import tables
from pipeline.partition_cache import FOLDER, PartitionCache, sum_of_part
from pipeline.workspace import Workspace, sha256_of, write_bytes


@pytest.fixture
def cache(tmp_path: Path) -> PartitionCache:
    return PartitionCache(tmp_path, "topics")


def written(cache: PartitionCache, name: str, content: bytes) -> Path:
    path = cache.path / "tables" / name
    write_bytes(content, path, cache.path)
    return path


def test_what_was_kept_is_put_in_its_place(cache: PartitionCache) -> None:
    source = written(cache, "one", b"1")
    cache.keep("k", {"one": source})
    target = cache.path / "elsewhere" / "one"
    assert cache.take("k", {"one": target}) and target.read_bytes() == b"1"
    assert not cache.take("other", {"one": target})
    assert not cache.take("k", {"one": target, "two": target})


def test_what_is_written_anew_in_its_place_leaves_what_is_kept(cache: PartitionCache) -> None:
    source = written(cache, "one", b"1")
    cache.keep("k", {"one": source})
    written(cache, "one", b"2")
    assert cache.take("k", {"one": source}) and source.read_bytes() == b"1"


def test_to_keep_and_take_again_is_harmless_and_leaves_nothing_behind(cache: PartitionCache) -> None:
    source = written(cache, "one", b"1")
    for _ in range(2):
        cache.keep("k", {"one": source})
        assert cache.take("k", {"one": source})
    assert source.read_bytes() == b"1"
    assert list((cache.path / "tmp").iterdir()) == []


def test_a_disk_without_hard_links_has_copies(cache: PartitionCache, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refused)
    source = written(cache, "one", b"1")
    cache.keep("k", {"one": source})
    source.unlink()
    assert cache.take("k", {"one": source}) and source.read_bytes() == b"1"


def test_a_fresh_cache_gives_nothing_and_keeps(cache: PartitionCache) -> None:
    source = written(cache, "one", b"1")
    fresh = PartitionCache(cache.path, "topics", fresh=True)
    fresh.keep("k", {"one": source})
    assert not fresh.take("k", {"one": source}) and cache.take("k", {"one": source})


def test_other_keys_are_pruned_of_this_stage_alone(cache: PartitionCache) -> None:
    source = written(cache, "one", b"1")
    other = PartitionCache(cache.path, "dataset")
    for kept in (cache, other):
        kept.keep("a", {"one": source})
        kept.keep("b", {"one": source})
    cache.prune({"a"})
    assert cache.take("a", {"one": source}) and not cache.take("b", {"one": source})
    assert other.take("b", {"one": source})
    assert sorted(path.name for path in (cache.path / FOLDER / "topics").iterdir()) == ["a-one"]


def test_the_sum_of_a_part_is_what_its_stage_noted(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.manifest["stages"]["tokenise"] = {"files": {"tables/segments/part-00000.parquet": {"sha256": "s"}}}
    assert sum_of_part(workspace, "segments", 0) == "s"
    workspace.write_part("segments", 1, tables.empty("segments"))
    assert sum_of_part(workspace, "segments", 1) == sha256_of(workspace.part_path("segments", 1))
