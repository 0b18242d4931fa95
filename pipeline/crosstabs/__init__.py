"""Cross-tabulations: themes by who answered, where, when, and by answers to closed questions, with small cells hidden.

`Crosstabs` gives the tables of a question as they are shown (results.py). Below it, variables.py names what is crossed,
closed.py and people.py number its columns (layouts.py), counting.py counts, suppression.py over witnesses.py hides
small cells, association.py tests.
"""

from pipeline.crosstabs.results import Cell, Crosstab, Crosstabs, QuestionCrosstabs, Row, worth_showing
from pipeline.crosstabs.variables import Column, Variable

__all__ = ["Cell", "Column", "Crosstab", "Crosstabs", "QuestionCrosstabs", "Row", "Variable", "worth_showing"]
