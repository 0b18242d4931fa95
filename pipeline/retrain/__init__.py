"""`doleances retrain`: new contributions join a finished workspace, and a new version of its model takes them in.

``WORKSPACE/retrains/<number>`` holds what was there before (`earlier`) and what changed (`diff`); the manifest says
which retrain is under way, so that one that was killed goes on where it stopped.
"""

from pipeline.retrain.retraining import Retrained, retrain
from pipeline.retrain.rollback import rollback
from pipeline.retrain.scratch import scratch_copy
from pipeline.retrain.settings import settings_as_before

__all__ = ["Retrained", "retrain", "rollback", "scratch_copy", "settings_as_before"]
