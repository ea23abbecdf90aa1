-- What another transaction tells the people of an organisation: written with the act itself, so that no killed process
-- loses it; the worker mails it (workflows/news.py). It names no person: who it is about is looked up then.
create table news (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  what text not null,                                    -- user.second_factor_reset, verified
  about_id uuid not null,                                -- the person, or the organisation that it is about
  name text check (is_one_line(name)),                   -- of that organisation
  how text,                                              -- it was verified
  created_at timestamptz not null default now(),
  primary key (organisation_id, id)
);

create function leave_news(organisations uuid[], what text, about uuid, name text, how text) returns void
language sql set search_path = public, pg_temp as $$
  with left_there as (
    insert into news (organisation_id, what, about_id, name, how)
    select distinct o, leave_news.what, about, leave_news.name, leave_news.how from unnest(organisations) o
    returning organisation_id, id),
  told as (
    insert into run (organisation_id, workflow, version, subject_id) select organisation_id, 'news', 1, id
      from left_there returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, 'tell', 'job', 'ready' from told
$$;

-- Something changed in how a person logs in: in the history of each organisation where they have a seat beside the
-- acting one; with to_owners the owners there hear it too. The app cannot write there itself. Raises unless the person
-- has a seat at the acting organisation.
create function remember_elsewhere(who uuid, what text, by_user uuid, by_name text, to_owners boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  others constant uuid[] := array(select distinct m.organisation_id from memberships_of(who) m
                                   where m.organisation_id <> me order by 1);
begin
  if what !~ '^user\.[a-z_]+$' or not exists (select from membership m where m.organisation_id = me
                                                 and m.user_id = who) then
    raise exception 'only of its own people' using errcode = 'insufficient_privilege';
  end if;
  perform record_across(o, 'user', who, what, by_user, by_name, null, null, '{}') from unnest(others) o;
  if to_owners then perform leave_news(others, what, who, null, null); end if;
end $$;

-- Where a person has a seat: a register that was joined into another decides nothing any more.
create function seats_of(who uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organisation_id from membership m join organisation o on o.id = m.organisation_id
   where m.user_id = who and o.joined_into is null
$$;

-- As in 0022; new: the people of those offices hear it as well.
create or replace function tell_offices_of_verification(what text, how text) returns void
language plpgsql volatile set search_path = public, pg_temp as $$
declare
  me organisation;
  offices uuid[];
begin
  select * into me from organisation o where o.id = acting_organisation();
  select array_agg(distinct a.processor_id) into offices from processing_agreement a where a.controller_id = me.id;
  perform record_across(office, 'organisation', me.id, what, null, null, 'controller', null,
                        jsonb_strip_nulls(jsonb_build_object('by', me.name, 'how', how)))
     from unnest(offices) office;
  perform leave_news(offices, replace(what, 'client.', ''), me.id, me.name, how);
end $$;

-- Whoever leaves is a person.
alter table api_token add constraint no_leaving_by_a_program check (not scopes && array['leave']);

-- An invitation that waits is seen, and ended, by its owner.
alter table invitation
  add column id uuid not null default uuidv7() unique,
  add column withdrawn_at timestamptz,
  add column withdrawn_by uuid references app_user,
  add constraint invitation_withdrawn_by check (withdrawn_at is null or used_at is null);

-- Who looks afterwards at what was done alone is not somebody whom its doer let in for it: a seat waits a day for
-- that, on an organisation's first day too, unless another owner agreed to it; and a seat or a second factor that
-- does not count yet reviews nothing.
create function review_waits(organisation uuid, glass broken_glass, who uuid) returns boolean language sql stable as $$
  select exists (
    select from membership m
     where m.organisation_id = organisation and m.user_id = who and m.given_by is not null
       and m.created_at > now() - interval '1 day'
       and (m.agreed_at is null
            or m.given_by in (glass.by_user, glass.by_for) and m.created_at >= glass.created_at))
$$;
create function keep_new_reviewers_waiting() returns trigger language plpgsql as $$
begin
  if seat_waits(new.organisation_id, new.reviewed_by, new.reviewed_for)
     or review_waits(new.organisation_id, new, new.reviewed_by)
     or review_waits(new.organisation_id, new, new.reviewed_for) then
    raise exception 'this seat does not review yet' using errcode = 'check_violation', constraint = 'seat_counts';
  end if;
  if factor_waits(new.organisation_id, new.reviewed_by) then
    raise exception 'this second factor does not count yet'
      using errcode = 'check_violation', constraint = 'factor_counts';
  end if;
  return new;
end $$;
create trigger seat_counts_for_review before update on broken_glass
  for each row when (old.reviewed_at is null and new.reviewed_at is not null and current_user <> 'meldketen_door')
  execute function keep_new_reviewers_waiting();

do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  door text;
begin
  alter table news enable row level security;
  alter table news force row level security;
  execute format('create policy owned on news to meldketen_app using (organisation_id = %s)
                  with check (organisation_id = %s)', me, me);
  create policy door on news to meldketen_door using (true) with check (true);
  grant select on news to meldketen_app;
  grant select, insert, update on news to meldketen_door;
  grant create on schema public to meldketen_door;
  foreach door in array array['remember_elsewhere(uuid,text,uuid,text,boolean)', 'seats_of(uuid)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke execute on function leave_news(uuid[], text, uuid, text, text) from public;
  grant execute on function leave_news(uuid[], text, uuid, text, text) to meldketen_door;
  revoke create on schema public from meldketen_door;
end $$;
