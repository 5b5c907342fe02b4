"""The dossier: what a counsellor knows of a person, a training and the local situation.

Contract `cpf-funding/dossier/1`. Every field may be absent, and absent means unknown. Amounts of money are held
in integer cents and hours in hundredths of an hour; both are written as decimal strings.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from cpf_funding.errors import Origin
from cpf_funding.money import euros, hundredths, plain

__all__ = ["ENVELOPE_STATES", "Dossier", "EnvelopeState"]

_DECIMAL = {"type": ["string", "integer", "number"], "pattern": r"^(0|[1-9][0-9]*)(\.[0-9]{1,2})?$"}
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _hours(value: Any) -> int:
    hours = hundredths(value)
    if hours < 0:
        raise ValueError("un nombre d'heures ne peut pas être négatif")
    return hours


def _code(value: Any) -> str:
    if not isinstance(value, str) or getattr(value, "unquoted_number", False):
        raise ValueError(f'un code s\'écrit entre guillemets : "{value}"')
    return str(value)


def _day(value: Any) -> Any:
    # Pydantic would read a number, even between quotes, as seconds since 1970.
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_type", "une date est attendue sous la forme 2017-03-01")


Cents = Annotated[int, PlainValidator(euros), PlainSerializer(plain), WithJsonSchema(_DECIMAL)]
Hours = Annotated[int, PlainValidator(_hours), PlainSerializer(plain), WithJsonSchema(_DECIMAL)]
Code = Annotated[str, PlainValidator(_code), WithJsonSchema({"type": "string"})]
Day = Annotated[date, BeforeValidator(_day)]


def _without_place(value: Any) -> Any:
    return {key: item for key, item in value.items() if key != "__at__"} if isinstance(value, dict) else value


Unplaced = BeforeValidator(_without_place)
"""A mapping by free names: the place that the reader noted in it is not one of its entries."""


def _known_entries(value: Any) -> Any:
    placed = _without_place(value)
    return {key: item for key, item in placed.items() if item is not None} if isinstance(placed, dict) else placed


_Known = BeforeValidator(_known_entries)


class Part(BaseModel):
    """A part of a dossier: frozen, closed, every field optional."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)

    at: SkipJsonSchema[Origin | None] = Field(default=None, alias="__at__", exclude=True, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unknown(cls, data: Any) -> Any:
        """A key written without a value (`holder:`) is as good as not written; an unknown key is still refused."""
        if not isinstance(data, dict) or None not in data.values():
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()} | cls.model_fields.keys()
        return {key: value for key, value in data.items() if value is not None or key not in known}


class Contract(Part):
    """The work contract of an employee, or the last one."""

    kind: Literal["cdi", "cdd", "temporary", "assisted", "apprenticeship", "professionalisation"] | None = None
    seniority_months: Annotated[int, Field(ge=0, le=1200)] | None = None
    sector: Literal["private", "public"] | None = None
    headcount: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    naf: Code | None = None
    opco: str | None = None
    working_time: Literal["inside", "outside"] | None = None


class Allowance(Part):
    """The unemployment or social allowance being paid."""

    kind: Literal["are", "asp", "ass", "rsa", "aah", "none"] | None = None
    daily: Cents | None = None
    ends: Day | None = None


class Holder(Part):
    """The person, holder of the account."""

    status: Literal[
        "job_seeker", "employee", "temporary_worker", "public_agent", "self_employed", "esat_worker", "inactive"
    ] | None = None  # fmt: skip
    registered: bool | None = None
    disability: Literal["none", "boe", "pending"] | None = None
    birth_date: Day | None = None
    region: Code | None = None
    qualification: Annotated[int, Field(ge=1, le=8)] | None = None
    contract: Contract = Contract()
    allowance: Allowance = Allowance()


class Consent(Part):
    """The holder's agreement to use the account, in one of the four forms of the 2017 survey."""

    given: bool | None = None
    proof: Literal["signed_letter", "interview_summary", "account_screen_print", "aif_request_signature"] | None = None
    on: Day | None = None


class Cpf(Part):
    """The personal training account: hours until 2018, euros since 2019."""

    account_open: bool | None = None
    hours: Hours | None = None
    dif_hours: Hours | None = None
    balance: Cents | None = None
    consent: Consent = Consent()


class Certification(Part):
    """What the training leads to."""

    rncp: Code | None = None
    rs: Code | None = None
    cpf_codes: tuple[Code, ...] | None = None


class Provider(Part):
    """The training provider."""

    name: str | None = None
    siret: Code | None = None
    qualiopi: bool | None = None


class CourseHours(Part):
    """Length of the course: in all, at the centre, in a company."""

    total: Hours | None = None
    centre: Hours | None = None
    company: Hours | None = None


class Costs(Part):
    """What the project costs, line by line. A line that is not given is not counted, and the plan says so."""

    teaching: Cents | None = None
    registration: Cents | None = None
    exam: Cents | None = None
    equipment: Cents | None = None
    travel: Cents | None = None
    lodging: Cents | None = None
    meals: Cents | None = None
    childcare: Cents | None = None
    compensation: Cents | None = None


class Training(Part):
    """The training asked for."""

    title: str | None = None
    kind: Literal[
        "certifying", "partial_certification", "vae", "bilan", "clea", "licence_b", "business_creation", "language",
        "adaptation", "other",
    ] | None = None  # fmt: skip
    certification: Certification = Certification()
    cpf_eligible: bool | None = None
    modality: Literal["in_person", "mixed", "remote"] | None = None
    provider: Provider = Provider()
    region: Code | None = None
    start: Day | None = None
    end: Day | None = None
    hours: CourseHours = CourseHours()
    weekly_hours: Hours | None = None
    costs: Costs = Costs()


class Opinion(Part):
    """A funder's recorded opinion on the project."""

    aid: str
    favourable: bool
    reason: str | None = None
    on: Day | None = None


class Project(Part):
    """The professional project and its proofs."""

    validated: bool | None = None
    cep_level: Annotated[int, Field(ge=1, le=3)] | None = None
    pmsmp_days: Annotated[int, Field(ge=0, le=1000)] | None = None
    prospect: Literal["none", "hiring_promise", "shortage_occupation", "business_plan"] | None = None
    opinions: tuple[Opinion, ...] = ()


EnvelopeState = Literal["open", "low", "exhausted"]
ENVELOPE_STATES: tuple[str, ...] = get_args(EnvelopeState)


class Envelope(Part):
    """What the agency knows of a funder's envelope on a day."""

    state: EnvelopeState | None = None
    left: Cents | None = None
    on: Day | None = None


class Delay(Part):
    """Answer delays seen locally, in calendar days."""

    least: Annotated[int, Field(ge=0, le=3650)] | None = None
    usual: Annotated[int, Field(ge=0, le=3650)] | None = None
    most: Annotated[int, Field(ge=0, le=3650)] | None = None


class Request(Part):
    """A request already made to a funder, and what came back."""

    aid: str
    filed_on: Day | None = None
    answer: Literal["granted", "refused", "pending"] = "pending"
    amount: Cents | None = None
    reason: str | None = None
    answered_on: Day | None = None


class HeldDocument(Part):
    """A paper already gathered, and the day it was made."""

    document: str
    on: Day | None = None


class Local(Part):
    """The local situation: envelopes, delays, requests under way, papers gathered."""

    envelopes: Annotated[dict[str, Envelope], _Known] = Field(default_factory=dict)
    delays: Annotated[dict[str, Delay], _Known] = Field(default_factory=dict)
    already_asked: tuple[Request, ...] = ()
    documents: tuple[HeldDocument, ...] = ()


class Means(Part):
    """Money that the person and the employer say they can put in."""

    holder_can_pay: Cents | None = None
    employer: Cents | None = None


class Override(Part):
    """A counsellor's decision over the rules: force or bar an aid, or set its amount; the reason is kept and shown."""

    aid: str
    decision: Literal["force", "bar"]
    amount: Cents | None = None
    reason: Annotated[str, Field(min_length=1)]
    by: str | None = None
    on: Day | None = None


class Dossier(Part):
    """One person, one training project, one local situation."""

    schema_: Literal["cpf-funding/dossier/1"] = Field(default="cpf-funding/dossier/1", alias="schema")
    id: str | None = None
    as_of: Day | None = None
    holder: Holder = Holder()
    cpf: Cpf = Cpf()
    training: Training = Training()
    project: Project = Project()
    local: Local = Local()
    means: Means = Means()
    answers: Annotated[dict[str, Any], _Known] = Field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
