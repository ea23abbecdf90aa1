"""Each step of a person, declared once: what page and API ask, its route in the API, and the values of its form.

The page, the route of the API and the act alone (web/broken_glass.py) follow from the declaration. A step also has its
template `web/templates/steps/<workflow>/<name>.html` and its texts `steps.<workflow>.<name>.*`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from service.schemas.breach import ApprovalSchema, AssessmentSchema, DraftSchema, SubmissionSchema
from service.schemas.broken_glass import Alone
from service.schemas.compared import Compared
from service.schemas.fields import Part
from service.schemas.notice import NoticeTextSchema, RecipientsForm, ReleaseSchema
from service.schemas.resource import Resource
from service.typed.document import facts_document
from service.typed.known import assessment_known, draft_known
from service.typed.known_notice import notice_text_known, people_known
from service.typed.severity import typed_severity
from tenants.errors import NotFound
from workflows.catalogue import CATALOGUE
from workflows.roles import ALONE


@dataclass(frozen=True, kw_only=True)
class DeclaredStep:
    """One step of a person. `schema` reads what is sent in, from the page and from the API.

    `noun`, `method`, `operation`, `says`: the last part of the route in the API, its name and its sentence in the
    specification; one with `own_route` has a view of its own in service/api, because its body is no JSON object alone.
    `begins_with` returns what the form holds of the subject already; `composed` what the page makes of several fields.
    `moments`: moments of the subject with which those of the form are compared, so that a page tells all its faults at
    once. `rows`: the field that a page sends row by row.
    """

    workflow: str
    name: str
    schema: type[Resource]
    noun: str
    operation: str
    says: str
    method: str = "POST"
    own_route: bool = False
    begins_with: Callable[[Any], dict[str, Any]] | None = None
    composed: Callable[[MultiDict[str, str]], dict[str, Any]] | None = None
    moments: tuple[str, ...] = ()
    rows: str = ""

    def schema_about(self, subject_id: UUID) -> Resource:
        """Return the schema that reads a page's form about this subject. Raises NotFound when there is none."""
        if not issubclass(self.schema, Compared):
            return self.schema()
        subject = CATALOGUE[self.workflow].load([subject_id]).get(subject_id)
        if subject is None:
            raise NotFound("run.unknown")
        known = {name: moment for name in self.moments if (moment := getattr(subject, name)) is not None}
        return self.schema(known=known)


def assessment_composed(typed: MultiDict[str, str]) -> dict[str, Any]:
    """Return what an assessment on the page always sends as a whole. A question without an answer is not known."""
    return {"facts": facts_document(typed), "severity_answers": typed_severity(typed)}


STEPS = (
    DeclaredStep(
        workflow="ap_notification", name="assess", schema=AssessmentSchema, noun="assessment", operation="assess",
        says="How likely a risk is, on the facts as known, with the reason (Art. 33(1)). A departure goes with its "
             "reason.",
        begins_with=assessment_known, composed=assessment_composed,
    ),
    DeclaredStep(
        workflow="ap_notification", name="draft", schema=DraftSchema, noun="draft", operation="draft",
        says="Notify the authority or not, with the reasons (Art. 33(3)).",
        begins_with=draft_known,
    ),
    DeclaredStep(
        workflow="ap_notification", name="approve", schema=ApprovalSchema, noun="approval", operation="approve",
        says="Another person agrees, or returns the draft with what is wrong.",
    ),
    DeclaredStep(
        workflow="ap_notification", name="submit", schema=SubmissionSchema, noun="submission", operation="submit",
        says="The form was sent to the authority; late, with its reasons (Art. 33(1)).", moments=("became_aware_at",),
    ),
    DeclaredStep(
        workflow="bulk_notice", name="recipients", schema=RecipientsForm, noun="recipients",
        operation="put_recipients", method="PUT", own_route=True,
        says="The whole list of people, in place of what was there; as JSON or as text/csv.",
        rows="people", begins_with=people_known,
    ),
    DeclaredStep(
        workflow="bulk_notice", name="text", schema=NoticeTextSchema, noun="text", operation="put_text", method="PUT",
        says="The subject and the four parts (Art. 34(2)).",
        begins_with=notice_text_known,
    ),
    DeclaredStep(
        workflow="bulk_notice", name="approve", schema=ApprovalSchema, noun="approval", operation="approve_notice",
        says="Another person agrees, and a third may send it; or returns it with what is wrong.",
    ),
    DeclaredStep(
        workflow="bulk_notice", name="release", schema=ReleaseSchema, noun="release", operation="release_notice",
        says="A third person lets it go, to everybody on the list as it was approved. This cannot be taken back.",
    ),
)  # fmt: skip


def steps_of(workflow: str) -> tuple[DeclaredStep, ...]:
    """Return the steps of a person in this workflow, in the order of the declaration."""
    return tuple(step for step in STEPS if step.workflow == workflow)


def names_of(workflow: str) -> frozenset[str]:
    """Return the names of the steps of a person in this workflow."""
    return frozenset(step.name for step in steps_of(workflow))


def declared_step(workflow: str, name: str) -> DeclaredStep | None:
    """Return the declaration of a step; None for a step of a machine."""
    return next((step for step in steps_of(workflow) if step.name == name), None)


def step_of(workflow: str, name: str) -> DeclaredStep:
    """Return the declaration of a step. Raises NotFound when no person does a step of this name."""
    step = declared_step(workflow, name)
    if step is None:
        raise NotFound("step.unknown")
    return step


def alone_schema(name: str, workflow: str) -> type[Alone]:
    """Return the schema of the API's act alone, by this name: a reason, and one of the steps that may be done alone."""
    steps = [step for step in steps_of(workflow) if step.name in ALONE]
    parts = {step.noun: Part(step.schema) for step in steps}
    schema: type[Alone] = type(name, (Alone,), parts | {"steps": {step.noun: step.name for step in steps}})
    return schema
