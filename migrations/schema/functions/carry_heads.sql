-- Gives heads of the acting organisation's own chain to the other parties of escalations: each is kept there, and
-- chained there. given: [{"statement", "signature"}]
create or replace function carry_heads(given jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  n integer;
begin
  with told as materialized (
    select x.statement, decode(x.signature, 'hex') as signature, p.organisation, p.seq, decode(p.head, 'hex') as head,
           p.about, p."to" as party
      from jsonb_to_recordset(given) as x(statement text, signature text),
           jsonb_to_record(x.statement::jsonb) as p(organisation uuid, seq bigint, head text, about uuid, "to" uuid)
  ),
  kept as (
    insert into carried_head (organisation_id, from_organisation, escalation_id, seq, head, statement,
                              signature, public_key)
    select t.party, me, e.id, t.seq, t.head, t.statement, t.signature, k.public_key
      from told t
      join escalation e on e.processor_id = any (array[me, t.party]) and e.id = t.about
                       and (e.processor_id, e.controller_id) in ((me, t.party), (t.party, me))
      join history h on h.organisation_id = me and h.seq = t.seq and h.hash = t.head
      join signing_key k on k.organisation_id = me and k.ended_at is null
     where t.organisation = me
    returning organisation_id, escalation_id, seq, head, public_key
  ),
  remembered as (
    insert into history_pending (organisation_id, entry)
    select k.organisation_id, row(k.organisation_id, 'escalation', k.escalation_id, 'head.received', null, null,
             case when e.processor_id is null then 'controller' else 'processor' end, null, null, null,
             jsonb_build_object('by', o.name, 'seq', k.seq, 'head', encode(k.head, 'hex'),
                                'key', encode(substr(sha256(k.public_key), 1, 16), 'hex')),
                   null, null, null)::history_entry
      from kept k join organisation o on o.id = me
      left join escalation e on e.processor_id = me and e.id = k.escalation_id
  )
  select count(*) into n from kept;
  if n <> jsonb_array_length(given) then
    raise insufficient_privilege using message = 'carried head: not between these parties, or not of this chain';
  end if;
  return n;
end $$;

alter function carry_heads(jsonb) owner to meldketen_door;
revoke execute on function carry_heads(jsonb) from public;
grant execute on function carry_heads(jsonb) to meldketen_app;
