-- What was there is carried over. Who acted for an organisation is in the details; personal values leave them.
insert into history_head (organisation_id) select id from organisation;
insert into history_person (organisation_id, actor_id, name, salt)
select who.*, uuid_send(gen_random_uuid())
  from (select distinct organisation_id, actor_id, actor_name from history_before
         where (actor_id is not null or actor_name <> 'Meldketen')
           and what not in ('breach.received', 'breach.aware', 'escalation.decided')) who;
create temp table carried on commit drop as
  select h.organisation_id, row_number() over (partition by h.organisation_id order by h.at, h.subject_id, h.seq)
    as seq, h.subject_kind,
         h.subject_id, h.at, h.what, case when p.id is not null then h.actor_id end as actor_id, p.id as person,
         sha256(p.salt || convert_to(p.name, 'UTF8')) as actor, h.details - x.keys || x.by as details, x.plain,
         case when x.plain is not null then uuid_send(gen_random_uuid()) end as salt
    from history_before h
    left join history_person p on p.organisation_id = h.organisation_id and p.name = h.actor_name
          and p.actor_id is not distinct from h.actor_id and h.what not in ('breach.received', 'breach.aware',
            'escalation.decided')
   cross join lateral (select case h.what when 'escalation.called' then array['note'] when 'ap_notification.draft'
     then array['answers']
            when 'bulk_notice.text' then array['contact'] when 'mail.settled' then array['reason']
            when 'step.tried_again' then array['reason'] else array[]::text[] end as keys) k
   cross join lateral (select k.keys,
            case when h.what in ('breach.received', 'breach.aware', 'escalation.decided')
                 then jsonb_build_object('by', h.actor_name) else '{}' end as by,
            (select jsonb_object_agg(d.key, d.value)::text from jsonb_each(h.details) d where d.key = any (k.keys))
              as plain) x;
insert into carried (organisation_id, seq, subject_kind, subject_id, at, what, details)
select organisation_id, entries + 1, 'organisation', organisation_id, now(), 'history.rechained',
       jsonb_build_object('entries', entries, 'heads', heads, 'broken', broken) from old_chain;
insert into history_personal (organisation_id, seq, salt, plain) select organisation_id, seq, salt, plain from carried
  where plain is not null;
insert into history (organisation_id, seq, subject_kind, subject_id, at, what, actor_id, person, actor, details,
  personal, hash)
select organisation_id, seq, subject_kind, subject_id, at, what, actor_id, person, actor, details, personal,
       history_chained(''::bytea, history_leaf(history_text(organisation_id, seq, at, subject_kind, subject_id, what,
         actor_id, null, null,
         actor, null, null, details, personal))) over (partition by organisation_id
           order by seq rows unbounded preceding)
  from (select c.*, sha256(c.salt || convert_to(c.plain, 'UTF8')) as personal from carried c) c;
update history_head k set seq = last.seq, hash = last.hash
  from (select distinct on (organisation_id) * from history order by organisation_id, seq desc) last
 where k.organisation_id = last.organisation_id;
drop table history_before;
alter table organisation force row level security;

-- Written through chain_history alone; read by whose it is.
do $$
declare t text;
begin
  foreach t in array array['history', 'history_head', 'history_person', 'history_personal', 'history_pending'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy owned on %I to meldketen_app '
      'using (organisation_id = (select nullif(current_setting(''app.organisation'', true), '''')::uuid))', t);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select on %I to meldketen_app', t);
    execute format('grant select, insert on %I to meldketen_door', t);
  end loop;
end $$;
grant update on history_head, history_person, history_personal to meldketen_door;
grant delete on history_pending to meldketen_door;     -- it is on its way to the chain
create trigger begins_history after insert on organisation referencing new table as fresh
  for each statement execute function begin_history();
