-- The doors: the only ways from one organisation to another. Each takes the sender from the session
-- (app.organisation), can do one thing, and belongs to a role that nobody can log in as.

create function acting_organisation() returns uuid language sql stable as $$
  select nullif(current_setting('app.organisation', true), '')::uuid
$$;

-- Where a user may go: asked before an organisation has been chosen.
create function memberships_of(who uuid)
returns table (organisation_id uuid, slug text, name text, role text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug, o.name, m.role
    from membership m join organisation o on o.id = m.organisation_id
   where m.user_id = who order by o.name, o.id
$$;

-- A new organisation that somebody sets up for itself (the office), outside any other.
create function found_organisation(new_slug text, new_name text, kvk text) returns uuid
language sql security definer set search_path = public, pg_temp as $$
  insert into organisation (slug, name, kvk_number, claimed_at) values (new_slug, new_name, kvk, now()) returning id
$$;

-- Agreements of the acting office, as a set. A client that is new gets its own organisation and register, unclaimed.
-- clients:
-- [{"slug","name","kvk_number","client_number","financial_undertaking","hours_to_notify","contacts","services":{name:
-- role},
--            "in_force_from","in_force_to"}]
create function register_clients(clients jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  added integer;
begin
  if me is null then raise exception 'no organisation is acting' using errcode = 'insufficient_privilege'; end if;
  insert into organisation (slug, name, kvk_number, financial_undertaking)
  select c.slug, c.name, c.kvk_number, c.financial_undertaking
    from jsonb_to_recordset(clients) as c(slug text, name text, kvk_number text, financial_undertaking boolean)
  on conflict (kvk_number) do nothing;
  insert into processing_agreement (processor_id, controller_id, client_number, controller_name, hours_to_notify,
    contacts,
                                    in_force_from, in_force_to)
  select me, o.id, c.client_number, c.name, c.hours_to_notify, coalesce(c.contacts, '[]'), c.in_force_from,
    c.in_force_to
    from jsonb_to_recordset(clients) as c(name text, kvk_number text, client_number text, hours_to_notify integer,
      contacts jsonb,
                                          in_force_from date, in_force_to date)
    join organisation o on o.kvk_number = c.kvk_number;
  get diagnostics added = row_count;
  insert into agreed_service (processor_id, agreement_id, controller_id, service, role)
  select me, a.id, a.controller_id, s.key, s.value
    from jsonb_to_recordset(clients) as c(client_number text, in_force_from date, services jsonb)
    join processing_agreement a on a.processor_id = me and a.client_number = c.client_number
      and a.in_force_from = c.in_force_from
   cross join lateral jsonb_each_text(c.services) as s;
  return added;
end $$;
