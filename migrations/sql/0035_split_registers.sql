-- Installations of before in which offices shared registers that nobody had opened (0018_carried.sql). Both offices of
-- a register that was split are told. What the other office wrote leaves the register that it was split from: whoever
-- opens that one by a link would read it, and it stands whole, with all that ran, in that office's own register.

create view split with (security_invoker = true) as
select h.organisation_id as register, o.id as from_register, o.made_by as keeper, new.made_by as leaver
  from history h
  join organisation new on new.id = h.organisation_id
  join organisation o on o.id = (h.details->>'from_register')::uuid
 where h.what = 'register.split' and h.details ? 'from_register';
grant select on split to meldketen_door;

set local role meldketen_door;
select record_across(s.keeper, 'organisation', s.keeper, 'register.split', null, null, null, null,
                     jsonb_build_object('clients', s.clients))
  from (select s.keeper, jsonb_agg(distinct a.client_number) as clients
          from split s join processing_agreement a on a.processor_id = s.keeper and a.controller_id = s.from_register
         group by s.keeper order by s.keeper) s;
select chain_history('[]');
select leave_news(array[o.id], 'register_split', o.id, o.name, null)
  from organisation o where o.id in (select keeper from split union select leaver from split) order by o.id;
reset role;

do $$
declare
  t text;
begin
  -- The owner of the tables sees all rows for a moment; the role of the doors deletes none.
  foreach t in array array['organisation', 'history', 'breach', 'escalation', 'notice', 'broken_glass', 'run', 'step',
    'clock'] loop
    execute format('alter table %I no force row level security', t);
  end loop;
  create temporary table left_behind on commit drop as
  select b.organisation_id, b.id from breach b
   where b.origin = 'escalated'
     and exists (select from split s join breach c on c.organisation_id = s.register and c.id = b.id
                  where s.from_register = b.organisation_id)
     and not exists (select from escalation e where e.controller_id = b.organisation_id and e.breach_id = b.id)
     and not exists (select from notice n where n.organisation_id = b.organisation_id and n.breach_id = b.id)
     and not exists (select from run r join broken_glass g on g.organisation_id = r.organisation_id and g.run_id = r.id
                      where r.organisation_id = b.organisation_id and r.subject_id = b.id);
  delete from clock c using run r, left_behind l
   where r.organisation_id = l.organisation_id and r.subject_id = l.id
     and c.organisation_id = r.organisation_id and c.run_id = r.id;
  delete from step s using run r, left_behind l
   where r.organisation_id = l.organisation_id and r.subject_id = l.id
     and s.organisation_id = r.organisation_id and s.run_id = r.id;
  delete from run r using left_behind l where r.organisation_id = l.organisation_id and r.subject_id = l.id;
  delete from breach b using left_behind l where b.organisation_id = l.organisation_id and b.id = l.id;
  foreach t in array array['organisation', 'history', 'breach', 'escalation', 'notice', 'broken_glass', 'run', 'step',
    'clock'] loop
    execute format('alter table %I force row level security', t);
  end loop;
end $$;
drop view split;
