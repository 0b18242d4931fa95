"""Tokenise: answers → segments (unités de sens) with tokens, lemmas and exact offsets."""

from pipeline.tokenise.stage import STAGE, run

__all__ = ["STAGE", "run"]
