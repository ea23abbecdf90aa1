-- Registers that were released before contacts were marked (0040), and that nobody opened since: the contacts through
-- whose links a stranger came wait for the office's word, as after a release of today. Where an agreement's history
-- tells of a mark already, or where no used link is kept, nothing changes.
set local role meldketen_door;
with doubted as materialized (
select a.processor_id, a.id, a.controller_id, array_agg(distinct lower(trim(i.email))) as addresses
  from (select h.subject_id as register, max(h.at) as at from history h
         where h.organisation_id = h.subject_id and h.what = 'register.claim_released' group by h.subject_id) released
  join organisation was on was.id = released.register
  join invitation i on i.organisation_id = was.id and i.breach_id is not null and i.used_at <= released.at
  join organisation o on o.kvk_number = was.kvk_number and o.claimed_at is null and o.joined_into is null
  join processing_agreement a on a.controller_id = o.id
 where exists (select from jsonb_array_elements(a.contacts) c where lower(trim(c->>'email')) = lower(trim(i.email)))
   and not exists (select from history h where h.organisation_id = a.processor_id and h.subject_id = a.id
                      and h.what = 'agreement.contacts_led_elsewhere')
 group by a.processor_id, a.id, a.controller_id),
in_agreements as (
update processing_agreement a
   set contacts = (select jsonb_agg(case when lower(trim(c.contact->>'email')) = any (d.addresses)
                                         then c.contact || jsonb_build_object('led_elsewhere_at', now())
                                         else c.contact end order by c.nth)
                     from jsonb_array_elements(a.contacts) with ordinality as c(contact, nth))
  from doubted d where a.processor_id = d.processor_id and a.id = d.id
returning a.processor_id, a.id, a.client_number),
in_escalations as (
update escalation e
   set led_elsewhere_at = now(),
       contacts = (select jsonb_agg(case when lower(trim(c.contact->>'email')) = any (d.addresses)
                                         then c.contact || jsonb_build_object('led_elsewhere_at', now())
                                         else c.contact end order by c.nth)
                     from jsonb_array_elements(e.contacts) with ordinality as c(contact, nth))
  from doubted d
 where e.processor_id = d.processor_id and e.agreement_id = d.id and e.controller_id = d.controller_id
   and e.contacts <> '[]')
insert into history_pending (organisation_id, entry)
select a.processor_id, row(a.processor_id, 'agreement', a.id, 'agreement.contacts_led_elsewhere', null, null, null,
  null, null, null, jsonb_build_object('client_number', a.client_number), null, null, null)::history_entry
  from in_agreements a order by a.id;
select chain_history('[]');
reset role;
