"""A board with many clients, made from an incident at one client: each has an agreement and an escalation of its own.

They share the register and the breach of the first, so that five thousand are made at once.
"""

from collections.abc import Callable
from uuid import UUID

DOUBT = "alter table processing_agreement {} trigger doubt_stays"
"""It compares the agreements with one client with each other: all of these are with one."""
AGREEMENTS = """
    insert into processing_agreement (processor_id, id, controller_id, client_number, controller_name, hours_to_notify,
                                      contacts, in_force_from, in_force_to, created_at)
    select p.processor_id, p.id, p.controller_id, p.client_number, p.controller_name, p.hours_to_notify,
           p.contacts, p.in_force_from, p.in_force_to, p.created_at
      from escalation e
      join processing_agreement a on a.processor_id = e.processor_id and a.id = e.agreement_id
     cross join generate_series(2, {clients}) n
     cross join lateral jsonb_populate_record(a, jsonb_build_object('id', uuidv7(), 'client_number', 'N' || n,
                                                                    'controller_name', 'Bakkerij nummer ' || n)) p
     where e.incident_id = '{incident}'"""
ESCALATIONS = """
    insert into escalation select p.*
      from escalation e
      join processing_agreement a on a.processor_id = e.processor_id and a.client_number like 'N%'
     cross join lateral jsonb_populate_record(e, jsonb_build_object(
           'id', uuidv7(), 'agreement_id', a.id, 'controller_name', a.controller_name,
           'alarm_at', e.alarm_at + substr(a.client_number, 2)::integer * interval '1 second')) p
     where e.incident_id = '{incident}'"""
MAILS = """
    insert into recipient select p.*
      from recipient r
      join escalation first on first.processor_id = r.organisation_id and first.id = r.about_id
      join escalation other on other.processor_id = r.organisation_id and other.id <> first.id
     cross join lateral jsonb_populate_record(r, jsonb_build_object('id', uuidv7(), 'about_id', other.id)) p
     where first.incident_id = '{incident}' and other.incident_id = '{incident}'"""


def grow(run: Callable[[str], object], incident: UUID, clients: int) -> None:
    """Make the board of this incident, which has one client, one of so many. `run` runs a statement outside policies.
    """
    of_agreements = (DOUBT.format("disable"), AGREEMENTS, DOUBT.format("enable"))
    for statement in (*of_agreements, ESCALATIONS, MAILS, "analyze"):
        run(statement.format(incident=incident, clients=clients))
