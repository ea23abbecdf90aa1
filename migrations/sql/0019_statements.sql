-- What an office states about a controller is stored as its statement: it runs the clock until the controller itself
-- says when it was aware.
alter table breach
  add column stated_aware_at timestamptz,              -- by the office: when it told this controller
  add column stated_aware_how text check (stated_aware_how in ('mail', 'phone', 'letter', 'receipt')),
  add column stated_by text check (is_one_line(stated_by)),  -- the office, by name
  -- the controller's own statement, which decides its clock, and why
  add column own_aware_reason text check (is_long_text(own_aware_reason)),
  -- when it made it; null: the clock runs on the office's statement
  add column own_aware_stated_at timestamptz,
  add constraint statement_is_whole check (num_nonnulls(stated_aware_at, stated_aware_how, stated_by) in (0, 3)),
  add constraint own_statement_is_whole check (num_nonnulls(own_aware_reason, own_aware_stated_at) in (0, 2));
alter table breach drop constraint breach_aware_how_check;
alter table breach add constraint breach_aware_how_check
  check (aware_how in ('own', 'mail', 'phone', 'letter', 'receipt', 'stated'));
alter table breach no force row level security;
update breach set stated_aware_at = became_aware_at, stated_aware_how = aware_how,
  stated_by = coalesce(processor_name, '-')
 where origin = 'escalated' and became_aware_at is not null;
alter table breach force row level security;

-- Whether this office may still write about this controller: its own unclaimed register, or one that accepts it.
create function may_write_about(office uuid, controller uuid) returns boolean language sql stable as $$
  select exists (
    select from organisation o
     where o.id = controller and o.joined_into is null
       and (o.made_by = office and o.claimed_at is null
            or exists (select from consent c where c.controller_id = controller and c.processor_id = office
                                               and c.state = 'accepted')))
$$;

-- The office states that controllers were informed. Their clocks run from then, until they state their own moment (Art.
-- 33(1)); a moment that stands is never overwritten. How many clocks began.
-- rows: [{"escalation_id","informed_at","informed_how","counted_from","alarm_at","due_at","terms","moments","clock"}]
create or replace function controllers_informed(rows jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  office constant text := (select name from organisation where id = me);
  informed record;
  n integer := 0;
  begins boolean;
begin
  -- Before it is read whose they are: meanwhile a controller may take its breaches along to its own register.
  perform from escalation e where e.processor_id = me
      and e.id in (select (x->>'escalation_id')::uuid from jsonb_array_elements(rows) x) order by e.id for update;
  for informed in
    select x.*, e.controller_id, e.breach_id
      from jsonb_to_recordset(rows) as x(escalation_id uuid, informed_at timestamptz, informed_how text,
        counted_from timestamptz,
                                         alarm_at timestamptz, due_at timestamptz, terms jsonb, moments timestamptz[],
                                           clock text)
      join escalation e on e.processor_id = me and e.id = x.escalation_id
     order by e.controller_id, e.breach_id
  loop
    update escalation set informed_at = informed.informed_at, informed_how = informed.informed_how,
      call_needed_at = null
     where processor_id = me and id = informed.escalation_id and informed_at is null;
    continue when not may_write_about(me, informed.controller_id);
    update breach set stated_aware_at = informed.informed_at, stated_aware_how = informed.informed_how,
      stated_by = office,
                      version = version + 1
     where organisation_id = informed.controller_id and id = informed.breach_id and stated_aware_at is null;
    continue when not found;
    begins := begin_clock(informed.controller_id, informed.breach_id, to_jsonb(informed));
    n := n + begins::integer;
    perform record_across(informed.controller_id, 'breach', informed.breach_id,
      case when begins then 'breach.aware' else 'breach.awareness_stated' end, null, null, 'processor',
        informed.terms->>'name',
      jsonb_build_object('by', office, 'became_aware_at', informed.informed_at, 'how', informed.informed_how,
                         'alarm_at', informed.alarm_at, 'due_at', informed.due_at));
  end loop;
  return n;
end $$;
-- Whether it did: nobody stated a moment before.
create function begin_clock(controller uuid, breach_aware uuid, informed jsonb) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare
  x record;
begin
  select * into x from jsonb_to_record(informed) as x(informed_at timestamptz, informed_how text,
    counted_from timestamptz,
    alarm_at timestamptz, due_at timestamptz, terms jsonb, moments timestamptz[], clock text);
  update breach set became_aware_at = x.informed_at, aware_how = x.informed_how, alarm_at = x.alarm_at,
    due_at = x.due_at, terms = x.terms
   where organisation_id = controller and id = breach_aware and became_aware_at is null;
  if not found then return false; end if;
  update clock c set state = 'running', started_at = x.counted_from, alarm_at = x.alarm_at, due_at = x.due_at,
    moments = x.moments,
                     next_at = x.moments[1]
    from run r
   where r.organisation_id = controller and r.subject_id = breach_aware
     and c.organisation_id = r.organisation_id and c.run_id = r.id and c.name = x.clock and c.state = 'waiting';
  return true;
end $$;

-- Receipt, by somebody of the controller, or by whoever held a link that was mailed: then link_to is where it went, and
-- the name is what its holder typed. The controller's own entry is the caller's.
drop function acknowledge_receipt(uuid, text);
create function note_receipt(me uuid, breach_received uuid, by_name text, link_to text) returns timestamptz
language plpgsql set search_path = public, pg_temp as $$
declare
  sent record;
begin
  perform wake_steps(e.processor_id, e.id) from escalation e where e.controller_id = me
    and e.breach_id = breach_received
      and e.acknowledged_at is null;
  update escalation set acknowledged_at = now(), acknowledged_by = by_name, acknowledged_link = link_to
   where controller_id = me and breach_id = breach_received and acknowledged_at is null
  returning processor_id, id, acknowledged_at into sent;
  if not found then return null; end if;
  update breach set acknowledged_at = sent.acknowledged_at where organisation_id = me and id = breach_received;
  perform record_across(sent.processor_id, 'escalation', sent.id, 'escalation.acknowledged', null, by_name, null, null,
                        jsonb_build_object('by_link', link_to is not null));
  return sent.acknowledged_at;
end $$;
create function acknowledge_receipt(breach_received uuid, by_name text, link_to text) returns timestamptz
language sql security definer set search_path = public, pg_temp as $$
  select note_receipt(acting_organisation(), breach_received, by_name, link_to)
$$;
-- the holder of the link sent to this address; null: somebody who was logged in
alter table escalation add column acknowledged_link text check (is_one_line(acknowledged_link));

do $$
begin
  grant create on schema public to meldketen_door;
  alter function acknowledge_receipt(uuid, text, text) owner to meldketen_door;
  revoke execute on function acknowledge_receipt(uuid, text, text) from public;
  grant execute on function acknowledge_receipt(uuid, text, text) to meldketen_app;
  revoke create on schema public from meldketen_door;
  revoke execute on function may_write_about(uuid, uuid), begin_clock(uuid, uuid, jsonb),
    note_receipt(uuid, uuid, text, text) from public;
  grant execute on function may_write_about(uuid, uuid), begin_clock(uuid, uuid, jsonb),
    note_receipt(uuid, uuid, text, text) to meldketen_door;
end $$;
alter table api_token add constraint no_awareness_by_a_program check (not scopes && array['state_awareness']);
