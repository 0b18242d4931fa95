"""Report: the labelled dataset → one self-contained page in French."""

from pipeline.report.stage import STAGE, run

__all__ = ["STAGE", "run"]
