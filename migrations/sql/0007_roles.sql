-- Six roles. Who could only read is an auditor; somebody must be able to see to people: the first officer, or else who
-- approves.
alter table membership drop constraint membership_role_check;
alter table invitation drop constraint invitation_role_check;
update membership set role = 'auditor' where role = 'reader';
update invitation set role = 'auditor' where role = 'reader';
update membership m set role = 'owner' from (
  select distinct on (organisation_id) organisation_id, user_id from membership where role <> 'auditor'
   order by organisation_id, role <> 'privacy_officer', created_at, user_id) first
 where m.organisation_id = first.organisation_id and m.user_id = first.user_id;
update invitation set role = 'owner' where breach_id is not null and role = 'privacy_officer';
alter table membership add constraint membership_role_check
  check (role in ('owner', 'privacy_officer', 'approver', 'handler', 'auditor', 'fg'));
alter table invitation add constraint invitation_role_check
  check (role in ('owner', 'privacy_officer', 'approver', 'handler', 'auditor', 'fg'));

-- A login: which one, when a second factor was given in it, and where it counts (through an organisation's own
-- provider: there alone).
alter table login_session add column id uuid not null default uuidv7() unique;
alter table login_session add column proof_at timestamptz;
alter table login_session add column only_organisation uuid references organisation;
create index session_of_user on login_session (user_id, created_at);

-- Somebody stands in for a colleague for a period, in that colleague's role.
create table deputy (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  of_user uuid not null references app_user,
  deputy_id uuid not null references app_user,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text not null check (length(trim(reason)) > 0),
  appointed_by uuid not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz, ended_by uuid,
  primary key (organisation_id, id),
  check (starts_at < ends_at),
  check (of_user <> deputy_id)
);
create index deputy_who on deputy (organisation_id, deputy_id);

-- An owner did alone what two or three should do, and said why. Open until somebody else has looked.
create table broken_glass (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  run_id uuid not null,
  step text not null,
  by_user uuid not null references app_user, by_for uuid,
  by_name text not null,
  reason text not null check (length(trim(reason)) >= 20),
  created_at timestamptz not null default now(),
  reviewed_by uuid references app_user, reviewed_for uuid, reviewed_by_name text, reviewed_at timestamptz,
  review text check (length(trim(review)) > 0),
  primary key (organisation_id, id),
  foreign key (organisation_id, run_id) references run (organisation_id, id),
  check (not array[reviewed_by, reviewed_for] && array_remove(array[by_user, by_for], null)),
  check ((reviewed_by is null) = (reviewed_at is null) and (reviewed_by is null) = (review is null))
);
create index glass_of_run on broken_glass (organisation_id, run_id, step);
create index glass_to_review on broken_glass (organisation_id, id) where reviewed_at is null;

do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  t text;
begin
  foreach t in array array['deputy', 'broken_glass'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy owned on %I to meldketen_app using (organisation_id = %s) '
      'with check (organisation_id = %s)', t, me, me);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select, insert on %I to meldketen_app', t);
    execute format('grant select on %I to meldketen_door', t);
  end loop;
end $$;
grant update (ended_at, ended_by) on deputy to meldketen_app;
grant update (reviewed_by, reviewed_for, reviewed_by_name, reviewed_at, review) on broken_glass to meldketen_app;

-- What was ended or reviewed stays so, and only an owner, or who stands in for one now, breaks the glass.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%: what was done stays as it was done', tg_table_name using errcode = 'check_violation',
    constraint = 'done_is_final';
end $$;
create trigger deputy_ends_once before update on deputy
  for each row when (old.ended_at is not null) execute function refuse_change();
create trigger glass_is_reviewed_once before update on broken_glass
  for each row when (old.reviewed_at is not null) execute function refuse_change();
create function keep_glass_for_owners() returns trigger language plpgsql as $$
begin
  if not exists (select from membership m where m.organisation_id = new.organisation_id and m.role = 'owner'
                    and (m.user_id = new.by_user and new.by_for is null or m.user_id = new.by_for and exists (
                         select from deputy d where d.organisation_id = m.organisation_id and d.of_user = m.user_id
                            and d.deputy_id = new.by_user and d.starts_at <= now() and now() < d.ends_at
                              and d.ended_at is null))) then
    raise exception 'only an owner breaks the glass' using errcode = 'check_violation',
      constraint = 'glass_is_an_owners';
  end if;
  return new;
end $$;
create trigger glass_is_an_owners before insert on broken_glass for each row execute function keep_glass_for_owners();

-- Where a user may go, and as what: the user's own role, and those of colleagues that the user stands in for now.
grant create on schema public to meldketen_door;
alter function memberships_of(uuid) owner to current_user;
drop function memberships_of(uuid);
create function memberships_of(who uuid)
returns table (organisation_id uuid, slug text, name text, role text, for_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug, o.name, m.role, null::uuid
    from membership m join organisation o on o.id = m.organisation_id
   where m.user_id = who
  union all
  select o.id, o.slug, o.name, theirs.role, d.of_user
    from membership mine
    join deputy d on d.organisation_id = mine.organisation_id and d.deputy_id = mine.user_id
    join membership theirs on theirs.organisation_id = d.organisation_id and theirs.user_id = d.of_user
    join organisation o on o.id = d.organisation_id
   where mine.user_id = who and d.starts_at <= now() and now() < d.ends_at and d.ended_at is null
   order by 3, 1, 5 nulls first, 4
$$;
alter function memberships_of(uuid) owner to meldketen_door;
revoke execute on function memberships_of(uuid) from public;
grant execute on function memberships_of(uuid) to meldketen_app;
revoke create on schema public from meldketen_door;

-- Four eyes, held by the database: in one run these steps are done by different people. tests/house compares it with
-- the workflows.
create table four_eyes (
  workflow text not null,
  since integer not null,                              -- the version of the definition
  step text not null,
  other text not null,
  primary key (workflow, since, step, other)
);
insert into four_eyes (workflow, since, step, other) values
  ('ap_notification', 1, 'approve', 'draft'),
  ('ap_notification', 2, 'submit', 'draft'),
  ('ap_notification', 2, 'submit', 'approve'),
  ('bulk_notice', 1, 'approve', 'text'),
  ('bulk_notice', 2, 'approve', 'recipients'),
  ('bulk_notice', 2, 'release', 'recipients'),
  ('bulk_notice', 2, 'release', 'text'),
  ('bulk_notice', 2, 'release', 'approve');
grant select on four_eyes to meldketen_app, meldketen_door;
alter table step add column done_for uuid;             -- as the deputy of whom
-- A run keeps its definition, and a step its name and its kind: who could change those could walk around the four eyes.
alter table step add constraint step_of_a_person
  check (kind = 'human' or name not in ('assess', 'draft', 'approve', 'submit', 'recipients', 'text', 'release'));
revoke update on run, step from meldketen_app;
grant update (state, finished_at) on run to meldketen_app;
grant update (state, ready_at, attempt, lease_token, lease_until, error, outcome, reason, done_by, done_for,
  done_by_name, done_at,
              told_at) on step to meldketen_app;

create function keep_four_eyes() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state = 'done'
     and (new.state, new.name, new.run_id, new.done_by, new.done_for) is distinct from (old.state, old.name, old.run_id,
       old.done_by, old.done_for) then
    raise exception 'a step that is done stays as it was done' using errcode = 'check_violation',
      constraint = 'done_is_final';
  end if;
  if new.state = 'done' and new.done_by is null then
    raise exception 'a person''s step is done by somebody' using errcode = 'check_violation',
      constraint = 'done_by_somebody';
  end if;
  if new.state = 'done' and exists (
      select from run r
        join four_eyes f on f.workflow = r.workflow and f.since <= r.version and f.step = new.name
        left join lateral (select d.done_by, d.done_for from step d
                            where d.organisation_id = new.organisation_id and d.run_id = new.run_id and d.name = f.other
                              and d.state = 'done' order by d.round desc limit 1) other on true
       where r.organisation_id = new.organisation_id and r.id = new.run_id
         and (other.done_by is null or array[new.done_by, new.done_for] && array_remove(array[other.done_by,
           other.done_for], null)))
     and not exists (select from broken_glass g where g.organisation_id = new.organisation_id and g.run_id = new.run_id
                        and g.step = new.name and g.by_user = new.done_by and g.created_at = now()) then
    raise exception 'somebody else must do this step' using errcode = 'check_violation', constraint = 'four_eyes';
  end if;
  return new;
end $$;
create trigger four_eyes_when_done before insert or update on step
  for each row when (new.kind = 'human' and new.state = 'done') execute function keep_four_eyes();
create trigger four_eyes_stay before update on step
  for each row when (old.kind = 'human' and old.state = 'done') execute function keep_four_eyes();

-- A decision is not in force, and nothing is sent, without the step of the person who approved it.
create function approved_by_a_person() returns trigger language plpgsql as $$
begin
  if not exists (select from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
                  where r.organisation_id = new.organisation_id and r.subject_id = new.id and s.name = 'approve'
                    and s.state = 'done') then
    raise exception 'nobody approved this' using errcode = 'check_violation', constraint = 'approved_by_a_person';
  end if;
  return null;
end $$;
create constraint trigger decision_is_approved after update on breach deferrable initially deferred
  for each row when ((new.decided_at, new.submitted_at) is distinct from (old.decided_at, old.submitted_at)
                     and (new.decided_at is not null or new.submitted_at is not null)) execute function
                       approved_by_a_person();
create constraint trigger notice_is_approved after update on notice deferrable initially deferred
  for each row when ((new.approved_at, new.sent_at) is distinct from (old.approved_at, old.sent_at)
                     and (new.approved_at is not null or new.sent_at is not null)) execute function
                       approved_by_a_person();
