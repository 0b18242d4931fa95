"""The questionnaires that are known: seeds/questionnaires/*.toml, checked when they are read."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline import errors
from pipeline.resources import resource


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(_Model):
    """One question of a questionnaire."""

    number: int = Field(ge=1)
    official_id: str = Field(pattern=r"^\d+$")
    wording: str = Field(min_length=1)
    kind: Literal["open", "closed", "choice"]
    depends_on: str | None = Field(None, pattern=r"^\d+$", description="official id of the parent question")
    shown_if: str | None = Field(None, description="what the parent's answer must be")
    also: tuple[str, ...] = Field((), description="other wordings of the same question")

    @property
    def question_id(self) -> str:
        return f"q-{self.official_id}"


class Questionnaire(_Model):
    """A questionnaire: its key in the tables, its title as forms carry it, its questions in order."""

    key: str = Field(pattern=r"^[a-z0-9_-]+$")
    debate: int
    title: str
    questions: tuple[Question, ...] = Field(alias="question")

    @model_validator(mode="after")
    def _whole(self) -> Questionnaire:
        if [question.number for question in self.questions] != list(range(1, len(self.questions) + 1)):
            raise ValueError("question numbers must run from 1, without a gap")
        known = {question.official_id for question in self.questions}
        if len(known) != len(self.questions):
            raise ValueError("an official_id is there twice")
        for question in self.questions:
            if question.depends_on is not None and question.depends_on not in known:
                raise ValueError(f"question {question.number} depends on {question.depends_on}, which is not here")
            if question.shown_if is not None and question.depends_on is None:
                raise ValueError(f"question {question.number} has shown_if without depends_on")
        return self


def load(path: Path) -> Questionnaire:
    """Read one questionnaire.

    Raises
    ------
    DoleancesError
        When the file is not a questionnaire (E120).
    """
    try:
        return Questionnaire.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise errors.usage("E120", path=path, detail=f"{where}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise errors.usage("E120", path=path, detail=error) from None


def files() -> list[Path]:
    """Return the files of the questionnaires that ship, sorted."""
    return sorted(resource("seeds", "questionnaires").glob("*.toml"))


@cache
def shipped() -> tuple[Questionnaire, ...]:
    """Return the questionnaires that ship, in the order of their debates."""
    return tuple(sorted((load(path) for path in files()), key=lambda found: (found.debate, found.key)))
