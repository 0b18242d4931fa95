"""doleances.toml: what a person may set, with its defaults. Unknown keys are refused."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.errors import usage


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuestionConfig(_Section):
    """[[ingest.questions]]: what is known of a question that no questionnaire of ours holds."""

    title: str = Field(min_length=1, description="its wording, or the name of its column")
    kind: Literal["open", "closed", "choice"] | None = Field(default=None, description="inferred when absent")
    depends_on: str | None = Field(default=None, description="wording or column of the question that decides on it")
    shown_if: str | None = Field(default=None, description="the answer to that question which leads to this one")


class ColumnsConfig(_Section):
    """The columns of plain tables, by name; one that is None is guessed, and said aloud."""

    text_column: tuple[str, ...] | None = Field(default=None, description="the answers: a column a question")
    id_column: str | None = Field(default=None, description="the reference of a contribution")
    question_column: str | None = Field(default=None, description="the question, where a row is one answer")
    author_column: str | None = None
    author_type_column: str | None = None
    date_column: str | None = None
    postcode_column: str | None = None
    weight_column: str | None = Field(default=None, description="carried through, for redressement")

    @field_validator("text_column", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class IngestConfig(ColumnsConfig):
    """[ingest]: how input files are read and cut into partitions."""

    partition_size: int = Field(default=1000, ge=1, description="contributions in a partition")
    include_trashed: bool = Field(default=False, description="treat forms that were moderated away like the others")
    near_copies: bool = Field(default=True, description="group texts that are nearly the same")
    coordinated_authors: int = Field(default=3, ge=2, description="authors that make copies of one text coordinated")
    coordinated_words: int = Field(default=15, ge=1, description="words below which a copy is taken for chance")
    archive_limit: int = Field(default=20 * 2**30, ge=1, description="bytes that one archive may unpack to")
    questions: tuple[QuestionConfig, ...] = ()


class EntitiesConfig(_Section):
    """[entities]: how organisations are recognised."""

    register_path: str | None = Field(
        default=None, alias="register", description="a register of your own, instead of ours"
    )
    recogniser: str | None = Field(
        default=None, description="a trained recogniser beside the register and the stock model: its name, or a path"
    )


class TopicsConfig(_Section):
    """[topics]: how themes are found."""

    topics: Annotated[int, Field(ge=1)] | Literal["auto"] = Field(
        default="auto", description="themes a question; auto: chosen from its size"
    )
    method: Literal["vectors", "reinert", "nmf"] = Field(
        default="vectors",
        description="how themes are found: word vectors; Reinert's classification; factorisation of tf-idf",
    )
    codebook: str | None = Field(
        default=None, description="a CSV of themes that people wrote; what fits none of them is clustered apart"
    )
    model: str = Field(default="auto", description="auto, none, the name of a shipped model, or a path")
    minimum_answers: int = Field(
        default=300, ge=2, description="distinct answers a question needs to get its own themes"
    )
    fit_sample: int = Field(default=4000, ge=50, description="distinct answers a question is fitted on, at the most")
    neighbours: int = Field(default=30, ge=2, description="size of the neighbourhood in UMAP")
    minimum_score: float = Field(
        default=0.3, ge=0.0, le=1.0, description="probability below which a segment is unassigned"
    )
    minimum_score_across: float = Field(
        default=0.5,
        ge=0.0,
        le=1.0,
        description="the same for themes of a whole questionnaire, on a question they were not fitted on",
    )
    seed: int = Field(default=0, ge=0, le=2**32 - 1)  # what NumPy takes


class PrivacyConfig(_Section):
    """[privacy]: what leaves the tables, and how authors are hidden."""

    mask: bool = Field(
        default=True, description="mask names, addresses, phone numbers and e-mails in dataset and report"
    )
    public_figures: Literal["keep", "mask"] = Field(
        default="keep", description="whether the names of public figures, and of people named by their office, stay"
    )
    salt: str | None = Field(
        default=None, description="salt of author hashes; derived from the first input when absent"
    )


class ReportConfig(_Section):
    """[report]: what the report shows, and the language it is in."""

    verbatims: int = Field(default=5, ge=0, le=50, description="verbatims a theme")
    language: Literal["fr", "en"] = Field(default="fr", description="the language of the report: fr or en")


class ExecutionConfig(_Section):
    """[execution]: how the work is spread. It never changes a result."""

    workers: int = Field(default_factory=lambda: min(4, os.cpu_count() or 1), ge=1)
    scheduler: str | None = None


class Config(_Section):
    """All settings of a run."""

    ingest: IngestConfig = IngestConfig()
    entities: EntitiesConfig = EntitiesConfig()
    topics: TopicsConfig = TopicsConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    report: ReportConfig = ReportConfig()
    execution: ExecutionConfig = Field(default_factory=ExecutionConfig)

    def with_values(self, section: str, **values: Any) -> Config:
        """Return a copy in which the values of one section that are not None replace those here.

        Raises
        ------
        DoleancesError
            When a value is out of its range (E122): they come from the command line.
        """
        given = {key: value for key, value in values.items() if value is not None}
        if not given:
            return self
        content = self.model_dump(by_alias=True)
        content[section].update(given)
        try:
            return Config.model_validate(content)
        except ValidationError as error:
            where, reason = _explain(error)
            raise usage("E122", detail=f"--{where[-1]}: {reason}", command="doleances") from None


def load(path: Path | None) -> Config:
    """Read the configuration of `path`, or return the defaults when it is None."""
    if path is None:
        return Config()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise usage("E101", path=path) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise usage("E120", path=path, detail=error) from None
    return _validate(content, str(path))


def _validate(content: dict[str, Any], origin: str) -> Config:
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        where, reason = _explain(error)
        if error.errors()[0]["type"] == "extra_forbidden":
            raise usage("E121", path=origin, key=".".join(where), known=_known(where)) from None
        raise usage("E120", path=origin, detail=f"{'.'.join(where)}: {reason}") from None


def _explain(error: ValidationError) -> tuple[tuple[str, ...], str]:
    """Return the section and key of the first mistake, and what is wrong with it."""
    found = error.errors()
    where = found[0]["loc"][:2]
    # A value of one of two kinds has a line for each kind, whose place has a third part.
    reason = ", or: ".join(dict.fromkeys(line["msg"] for line in found if line["loc"][:2] == where))
    return tuple(map(str, where)), reason


def _known(location: tuple[str, ...]) -> str:
    fields = Config.model_fields
    if len(location) > 1 and location[0] in fields:
        section = fields[location[0]].annotation
        assert section is not None
        return ", ".join(field.alias or name for name, field in section.model_fields.items())
    return ", ".join(fields)
