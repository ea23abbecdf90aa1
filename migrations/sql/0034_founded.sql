-- The operator founds an organisation that nobody registered: the first office of an installation. Its first owner
-- opens it by a mailed link; until then nobody is in it.
alter table operator_act drop constraint operator_act_act_check;
alter table operator_act add constraint operator_act_act_check check (act in
  ('verify', 'withdraw', 'letter', 'release_mail', 'limit_mail', 'allow_links', 'check_name', 'rename', 'found'));

-- As the owner of the database alone. What became of it: founded, again (a new link for the first owner is allowed),
-- invited (a link still works; nothing was changed), or in_use (somebody opened it; nothing was changed). `act` lets
-- the app write the link. One number founds once, also for two operators at the same time.
create function found_by_operator(at_slug text, called text, kvk text, language text, why text, again boolean)
returns jsonb language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  known organisation;
  link_until timestamptz;
  outcome text := 'again';
begin
  perform pg_advisory_xact_lock(hashtextextended('found ' || kvk, 0));
  select * into known from organisation o
   where o.kvk_number = kvk and o.made_by is null and o.joined_into is null order by o.id limit 1;
  if known.id is null then
    if exists (select from organisation o where o.slug = at_slug) then
      at_slug := left(at_slug, 51) || '-' || kvk || '-' || substr(md5(random()::text), 1, 4);
    end if;
    insert into organisation (slug, name, kvk_number, locale) values (at_slug, called, kvk, language)
    returning * into known;
    outcome := 'founded';
  elsif known.claimed_at is not null then
    outcome := 'in_use';
  else
    select max(i.expires_at) into link_until from invitation i
     where i.organisation_id = known.id and i.breach_id is null and i.used_at is null and i.withdrawn_at is null
       and i.expires_at > now();
    if link_until is not null and not again then outcome := 'invited'; end if;
  end if;
  return jsonb_build_object('organisation_id', known.id, 'slug', known.slug, 'name', known.name, 'outcome', outcome,
    'link_until', link_until,
    'act', case when outcome in ('founded', 'again') then operator_acts(known.id, 'found', why, null) end);
end $$;

-- The link of the first owner may be written now. Raises when the operator did not allow it, or somebody is in already.
create function begin_first_owner(act_id uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'found');
begin
  perform from organisation o where o.id = allowed.organisation_id and o.claimed_at is null for update;
  if not found then
    raise exception 'somebody opened this register' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- As in 0018; new: whose number was proven before anybody opened the register hears of the offices that ask, from now.
create or replace function claim_register() returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  office uuid;
begin
  update organisation set claimed_at = now() where id = me and claimed_at is null and joined_into is null
  returning made_by into office;
  if not found then return false; end if;
  if office is not null then
    insert into consent as c (controller_id, processor_id, state, how, answered_at)
      values (me, office, 'accepted', 'claimed', now())
    on conflict (controller_id, processor_id) do update
       set state = excluded.state, how = excluded.how, answered_at = now(), answered_by = null, ended_at = null;
    with told as (  -- a machine's step at the office, of workflows/opened_register.py: its people get a mail
      insert into run (organisation_id, workflow, version, subject_id) values (office, 'opened_register', 1, me)
      on conflict (organisation_id, subject_id, workflow) do update set state = 'running', finished_at = null
      returning organisation_id, id)
    insert into step (organisation_id, run_id, name, round, kind, state)  -- each time that it is opened
    select t.organisation_id, t.id, 'tell', 1 + (select coalesce(max(s.round), 0) from step s
             where s.organisation_id = t.organisation_id and s.run_id = t.id and s.name = 'tell'), 'job', 'ready'
      from told t
     where not exists (select from step s where s.organisation_id = t.organisation_id and s.run_id = t.id
                                            and s.state in ('ready', 'running'));
    perform record_across(me, 'organisation', me, 'consent.accepted', null, null, 'controller', null,
      jsonb_build_object('processor', (select name from organisation where id = office), 'how', 'claimed'));
    perform record_across(office, 'organisation', office, 'register.claimed', null, null, 'controller', null,
      jsonb_build_object('clients', (select jsonb_agg(distinct a.client_number) from processing_agreement a
                                      where a.processor_id = office and a.controller_id = me)));
  end if;
  perform word_to_asked(array_agg(w.register), array_agg(w.register))
     from organisation o cross join lateral waiting_registers(o) w
    where o.id = me and o.verified_at is not null;
  return true;
end $$;

do $$
begin
  grant create on schema public to meldketen_door;
  alter function found_by_operator(text, text, text, text, text, boolean) owner to meldketen_door;
  revoke execute on function found_by_operator(text, text, text, text, text, boolean) from public;
  execute format('grant execute on function found_by_operator(text, text, text, text, text, boolean) to %I',
                 current_user);
  alter function begin_first_owner(uuid) owner to meldketen_door;
  revoke execute on function begin_first_owner(uuid) from public;
  grant execute on function begin_first_owner(uuid) to meldketen_app;
  revoke create on schema public from meldketen_door;
end $$;
