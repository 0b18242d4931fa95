"""Evaluation: gold data → figures."""
