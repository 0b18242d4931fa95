"""Topics: segments → themes of each question and the themes of each segment."""

from pipeline.topics.stage import STAGE, run

__all__ = ["STAGE", "run"]
