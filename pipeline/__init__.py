"""doleances: from the free-text answers of a French public consultation to themes that people can check."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "run": "pipeline.api",
    "open_workspace": "pipeline.api",
    "load_model": "pipeline.api",
    "Config": "pipeline.config",
    "DoleancesError": "pipeline.errors",
    "OrganisationRecogniser": "pipeline.entities.estimator",
    "TopicModel": "pipeline.topics.estimator",
}

__all__ = [
    "Config",
    "DoleancesError",
    "OrganisationRecogniser",
    "TopicModel",
    "__version__",
    "load_model",
    "open_workspace",
    "run",
]


def __getattr__(name: str) -> Any:
    # Loaded when asked for: a command that finds nothing to do must not wait for spaCy or scikit-learn.
    if name not in _PLACES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
