-- A letter and a provider prove a KvK number; the name beside it is what an office or an owner typed, unless it was
-- compared too. After a proof the name changes by the operator alone, whoever asks: the app, a door, or a program.
alter table organisation
  add column name_checked boolean not null default false,      -- the proof was about the name as well
  add column name_by_operator boolean not null default false,  -- the operator wrote the name as it is now
  add constraint checked_name_has_a_proof check (verified_at is not null or not name_checked);
revoke update (name) on organisation from meldketen_app;

alter table operator_act drop constraint operator_act_act_check;
alter table operator_act add constraint operator_act_act_check check (act in
  ('verify', 'withdraw', 'letter', 'release_mail', 'limit_mail', 'allow_links', 'check_name', 'rename'));

-- Only an act of the operator, taken up in this transaction, changes a name that stands beside a proof. A name that
-- changed was compared by nobody yet, and a proof that ended takes the comparison along.
create function keep_proven_name() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.name is distinct from old.name then
    new.name_checked := false;
    new.name_by_operator := exists (select from operator_act a
      where a.organisation_id = new.id and a.act = 'rename' and a.used_at = now());
    if old.verified_at is not null and not new.name_by_operator then
      raise check_violation using message = 'the name stands beside a proof', constraint = 'proven_name';
    end if;
  end if;
  if new.verified_at is null then new.name_checked := false; end if;
  return new;
end $$;
create trigger proven_name before update of name, verified_at on organisation
  for each row execute function keep_proven_name();

create function rename_by_operator(act_id uuid, new_name text) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'rename');
begin
  update organisation set name = new_name where id = allowed.organisation_id;
end $$;
-- The operator compared the name with the trade register. An organisation without a proof is verified with it.
create function check_name_by_operator(act_id uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'check_name');
begin
  if exists (select from organisation o where o.id = allowed.organisation_id and o.verified_at is null) then
    perform mark_verified('operator', allowed.note);
  end if;
  update organisation set name_checked = true where id = allowed.organisation_id;
end $$;

-- Two ways to write one name: capitals and the space around words do not matter.
create function as_one_name(name text) returns text language sql immutable as $$
  select lower(trim(regexp_replace(normalize(name, NFKC), '\s+', ' ', 'g')))
$$;
-- As before, and the provider may name the organisation: a name that equals is checked. `named` null: it named none.
drop function verify_by_provider(text, bytea);
create function verify_by_provider(number text, errand bytea, named text) returns boolean
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
  update organisation o set name_checked = true
   where o.id = acting_organisation() and as_one_name(o.name) = as_one_name(named);
  return true;
end $$;

-- What was proven of an organisation, and who wrote its name; null: nothing was proven, and its number is not told.
create function proof_of(o organisation) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select case when o.verified_at is not null then jsonb_build_object(
           'kvk_number', o.kvk_number, 'how', o.verified_how, 'name_checked', o.name_checked,
           'name_from', case when o.name_by_operator then 'operator' when o.made_by is null then 'organisation'
                             else 'office' end,
           'office', case when not o.name_by_operator then
                       (select office.name from organisation office where office.id = o.made_by) end) end
$$;
create function my_proof() returns jsonb
language sql stable security definer set search_path = public, pg_temp as $$
  select proof_of(o) from organisation o where o.id = acting_organisation()
$$;
-- Of the acting office's clients whose register is proven: the register's own name, the proof, and the office's name.
drop function verified_among(uuid[]);
create function proofs_among(clients uuid[])
returns table (organisation_id uuid, name text, proof jsonb, office text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.name, proof_of(o), (select me.name from organisation me where me.id = acting_organisation())
    from organisation o
   where o.id = any(clients) and o.verified_at is not null
     and exists (select from processing_agreement a
                  where a.processor_id = acting_organisation() and a.controller_id = o.id)
$$;
drop function notice_with_code(text);
create function notice_with_code(code text)
returns table (organisation_name text, subject text, sent_at timestamptz, registered_by text, proof jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, n.subject, n.sent_at, office.name, proof_of(o)
    from notice n join organisation o on o.id = n.organisation_id
    left join organisation office on office.id = o.made_by
         and exists (select from processing_agreement a where a.processor_id = office.id and a.controller_id = o.id)
   where n.check_code = upper(trim(code)) and n.sent_at is not null
$$;

do $$
declare door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['rename_by_operator(uuid,text)', 'check_name_by_operator(uuid)',
      'verify_by_provider(text,bytea,text)', 'my_proof()', 'proofs_among(uuid[])', 'notice_with_code(text)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  foreach door in array array['as_one_name(text)', 'proof_of(organisation)'] loop
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_door', door);
  end loop;
  alter function keep_proven_name() owner to meldketen_door;
  revoke execute on function keep_proven_name() from public;
  grant execute on function keep_proven_name() to meldketen_app;
  revoke create on schema public from meldketen_door;
end $$;
