"""Dataset: tables → the labelled dataset, with the final state of every answer and private data masked."""

from pipeline.dataset.stage import STAGE, run

__all__ = ["STAGE", "run"]
