-- Whose register it is, proven: by a code in a letter, by the operator, or by a provider for organisations.
-- The app itself cannot say so.
alter table organisation
  add column web_domains text[] not null default '{}',   -- links in its mails may lead there; all others are text
  add column mail_limits jsonb not null default '{}';    -- what the operator widened: {"invitation": 100}, a day

-- A code in a letter to the registered address. Only its hash is kept; five wrong tries end it; one is open at a time.
create table verification_letter (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  code_hash bytea not null check (length(code_hash) = 32),
  tries integer not null default 0 check (tries between 0 and 5),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '30 days',
  used_at timestamptz,
  replaced_at timestamptz,
  primary key (organisation_id, id)
);
create unique index letter_that_is_open on verification_letter (organisation_id)
  where used_at is null and replaced_at is null;

-- What the operator lets happen to one organisation: made as the owner of the database, carried out within a minute,
-- once.
create table operator_act (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  act text not null check (act in ('verify', 'withdraw', 'letter', 'release_mail', 'limit_mail', 'allow_links')),
  note text not null check (length(trim(note)) between 1 and 2000 and is_one_line(note)),
  about_id uuid,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (organisation_id, id)
);

-- As the owner alone: nobody who holds only the app's password may call this.
create function operator_acts(for_organisation uuid, what text, why text, about uuid) returns uuid
language sql volatile security definer set search_path = public, pg_temp as $$
  insert into operator_act (organisation_id, act, note, about_id) values (for_organisation, what, why, about)
  returning id
$$;
-- Takes up what the operator let happen to the acting organisation. Raises when there is no such act (any more).
create function take_up(act_id uuid, what text) returns operator_act
language plpgsql volatile set search_path = public, pg_temp as $$
declare
  taken operator_act;
begin
  update operator_act a set used_at = now()
   where a.organisation_id = acting_organisation() and a.id = act_id and a.act = what and a.used_at is null
     and a.created_at > now() - interval '1 minute'
  returning * into taken;
  if not found then raise exception 'the operator did not allow this' using errcode = 'insufficient_privilege'; end if;
  return taken;
end $$;

-- Stands in the history of each office with an agreement too.
create function tell_offices_of_verification(what text, how text) returns void
language sql volatile set search_path = public, pg_temp as $$
  select record_across(a.processor_id, 'organisation', o.id, what, null, null, 'controller', null,
                       jsonb_strip_nulls(jsonb_build_object('by', o.name, 'how', how)))
    from organisation o
    join (select distinct processor_id from processing_agreement where controller_id = acting_organisation()) a on true
   where o.id = acting_organisation()
$$;
create function mark_verified(how text, note text) returns void
language plpgsql volatile set search_path = public, pg_temp as $$
begin
  update organisation set verified_at = now(), verified_how = how, verified_note = note
   where id = acting_organisation();
  perform tell_offices_of_verification('client.verified', how);
  perform word_to_asked(array_agg(r.id), array_agg(r.id))
     from organisation me join organisation r on r.kvk_number = me.kvk_number and r.claimed_at is null
    where me.id = acting_organisation();
end $$;

create function verify_by_operator(act_id uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'verify');
begin
  perform mark_verified('operator', allowed.note);
end $$;
create function withdraw_verification(act_id uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'withdraw');
begin
  update organisation set verified_at = null, verified_how = null, verified_note = null, web_domains = '{}'
   where id = allowed.organisation_id;
  perform tell_offices_of_verification('client.verification_withdrawn', null);
end $$;
create function open_verification_letter(act_id uuid, hash bytea) returns timestamptz
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'letter');
  until timestamptz;
begin
  update verification_letter set replaced_at = now()
   where organisation_id = allowed.organisation_id and used_at is null and replaced_at is null;
  insert into verification_letter (organisation_id, code_hash) values (allowed.organisation_id, hash)
  returning expires_at into until;
  return until;
end $$;
-- What became of a code that somebody typed: verified, wrong, used_up (too many tries), lapsed, none (no letter is
-- open).
create function verify_by_letter(hash bytea) returns text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  letter verification_letter;
begin
  select * into letter from verification_letter
   where organisation_id = acting_organisation() and used_at is null and replaced_at is null for update;
  if not found then return 'none'; end if;
  if letter.expires_at <= now() then return 'lapsed'; end if;
  if letter.tries >= 5 then return 'used_up'; end if;
  if letter.code_hash <> hash then
    update verification_letter set tries = tries + 1 where organisation_id = letter.organisation_id and id = letter.id;
    return case when letter.tries + 1 >= 5 then 'used_up' else 'wrong' end;
  end if;
  update verification_letter set used_at = now() where organisation_id = letter.organisation_id and id = letter.id;
  perform mark_verified('letter', null);
  return 'verified';
end $$;
-- The provider's number must be the organisation's own; whether it was. Somebody set out to prove it, in a session of a
-- member, and came back just now; an errand proves once. Raises when there is no such errand.
alter table provider_errand add column proved_at timestamptz;
create function verify_by_provider(number text, errand bytea) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  update provider_errand e set proved_at = now()
   where e.token_hash = errand and e.organisation_id = acting_organisation() and e.purpose = 'verification'
     and e.used_at > now() - interval '1 minute' and e.proved_at is null;
  if not found then
    raise exception 'nobody came back from a provider' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from organisation where id = acting_organisation() and kvk_number = number) then
    return false;
  end if;
  perform mark_verified('provider', null);
  return true;
end $$;

-- Of an office's clients, whose register is proven.
create function verified_among(clients uuid[]) returns table (organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organisation o
   where o.id = any(clients) and o.verified_at is not null
     and exists (select from processing_agreement a
                  where a.processor_id = acting_organisation() and a.controller_id = o.id)
$$;
-- The name of the office that registered the acting organisation, while it has an agreement with it.
create function registered_by() returns text
language sql stable security definer set search_path = public, pg_temp as $$
  select office.name from organisation o join organisation office on office.id = o.made_by
   where o.id = acting_organisation()
     and exists (select from processing_agreement a where a.processor_id = office.id and a.controller_id = o.id)
$$;
-- "Is this message genuine?" A name is a fact when it was proven; else it is told who registered it, or that it named
-- itself.
drop function notice_with_code(text);
create function notice_with_code(code text)
returns table (organisation_name text, subject text, sent_at timestamptz, is_verified boolean, registered_by text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, n.subject, n.sent_at, o.verified_at is not null, office.name
    from notice n join organisation o on o.id = n.organisation_id
    left join organisation office on office.id = o.made_by
         and exists (select from processing_agreement a where a.processor_id = office.id and a.controller_id = o.id)
   where n.check_code = upper(trim(code)) and n.sent_at is not null
$$;

-- On the way to a provider for organisations, and back.
alter table provider_errand drop constraint if exists provider_errand_purpose_check;
alter table provider_errand add constraint provider_errand_purpose_check
  check (purpose in ('login', 'link', 'invitation', 'verification'));
do $$
declare old record;
begin
  for old in select conname from pg_constraint where conrelid = 'provider_errand'::regclass and contype = 'c'
                and pg_get_constraintdef(oid) like '%session_id IS NOT NULL%' loop
    execute format('alter table provider_errand drop constraint %I', old.conname);
  end loop;
end $$;
alter table provider_errand add constraint errand_of_a_session
  check ((purpose in ('link', 'verification')) = (session_id is not null));
alter table api_token add constraint no_proof_by_a_program check (not scopes && array['prove_organisation']);

do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  t text;
  door text;
begin
  foreach t in array array['verification_letter', 'operator_act'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy owned on %I to meldketen_app using (organisation_id = %s)
                    with check (organisation_id = %s)', t, me, me);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select on %I to meldketen_app', t);
    execute format('grant select, insert, update on %I to meldketen_door', t);
  end loop;
  grant create on schema public to meldketen_door;
  foreach door in array array['verify_by_operator(uuid)', 'withdraw_verification(uuid)',
      'open_verification_letter(uuid,bytea)',
      'verify_by_letter(bytea)', 'verify_by_provider(text,bytea)', 'verified_among(uuid[])',
      'registered_by()', 'notice_with_code(text)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  foreach door in array array['take_up(uuid,text)', 'tell_offices_of_verification(text,text)',
      'mark_verified(text,text)'] loop
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_door', door);
  end loop;
  alter function operator_acts(uuid, text, text, uuid) owner to meldketen_door;
  revoke execute on function operator_acts(uuid, text, text, uuid) from public;
  execute format('grant execute on function operator_acts(uuid, text, text, uuid) to %I', current_user);
  revoke create on schema public from meldketen_door;
end $$;
