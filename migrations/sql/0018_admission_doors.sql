-- The operator's act, as the owner of the database: the app may not do it. Null: there is no such organisation,
-- or it was never admitted. new_state: null changes limits only. clients_at_most: null keeps the limit that there is, 0
-- takes it away.
create function decide_admission(at_slug text, new_state text, clients_at_most integer, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  decided admission;
begin
  if new_state is null then
    update admission a set note = why, at = now(),
           most_clients = case when clients_at_most is null then a.most_clients else nullif(clients_at_most, 0) end
      from organisation o where o.slug = at_slug and a.organisation_id = o.id
    returning a.* into decided;
  else
    insert into admission as a (organisation_id, state, most_clients, note)
    select o.id, new_state, nullif(clients_at_most, 0), why from organisation o where o.slug = at_slug
    on conflict (organisation_id) do update
       set state = excluded.state, note = excluded.note, at = now(),
           most_clients = case when clients_at_most is null then a.most_clients else nullif(clients_at_most, 0) end
    returning a.* into decided;
  end if;
  if decided.organisation_id is not null then
    perform chain_entries(array[row(decided.organisation_id, 'organisation', decided.organisation_id,
      case when new_state is null then 'office.limited' else 'office.' || new_state end, null, null, 'operator', null,
        null, null,
      jsonb_build_object('most_clients', decided.most_clients, 'note', why), null, null, null)::history_entry]);
  end if;
  return decided.organisation_id;
end $$;

-- Agreements of the acting office, as a set. A client that is new gets a register of this office and this number,
-- unclaimed; one that accepted this office keeps its own. Nothing of what others registered is looked at, so a number
-- that is typed in reveals nothing. clients:
-- [{"slug","name","kvk_number","client_number","financial_undertaking","hours_to_notify","contacts","services":{name:
-- role},            "in_force_from","in_force_to"}]
drop function register_clients(jsonb);
create function register_clients(clients jsonb) returns table (agreement_id uuid, of_client text)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
begin
  if me is null or not is_admitted(me) then raise insufficient_privilege
    using message = 'this organisation is not admitted as an office'; end if;
  perform make_registers(me, clients);
  perform word_to_asked(array_agg(r.id), array_agg(r.id))
     from registers_of(me, array(select x->>'kvk_number' from jsonb_array_elements(clients) x)) r;
  insert into processing_agreement (processor_id, controller_id, client_number, controller_name, hours_to_notify,
    contacts,
                                    in_force_from, in_force_to)
  select me, r.id, c.client_number, c.name, c.hours_to_notify, coalesce(c.contacts, '[]'), c.in_force_from,
    c.in_force_to
    from jsonb_to_recordset(clients) as c(name text, kvk_number text, client_number text, hours_to_notify integer,
      contacts jsonb,
                                          in_force_from date, in_force_to date)
    join registers_of(me,
      array(select x->>'kvk_number' from jsonb_array_elements(clients) x)) r on r.kvk_number = c.kvk_number;
  if (select count(distinct a.client_number) from processing_agreement a where a.processor_id = me)
     > (select most_clients from admission where organisation_id = me) then
    raise check_violation using message = 'more clients than the operator allows', constraint = 'most_clients';
  end if;
  insert into agreed_service (processor_id, agreement_id, controller_id, service, role)
  select me, a.id, a.controller_id, s.key, s.value
    from jsonb_to_recordset(clients) as c(client_number text, in_force_from date, services jsonb)
    join processing_agreement a on a.processor_id = me and a.client_number = c.client_number
      and a.in_force_from = c.in_force_from
   cross join lateral jsonb_each_text(c.services) as s;
  return query
    with registered as (
      select a.id, a.controller_id, a.client_number, a.in_force_from
        from jsonb_to_recordset(clients) as c(client_number text, in_force_from date)
        join processing_agreement a on a.processor_id = me and a.client_number = c.client_number
          and a.in_force_from = c.in_force_from),
    told as (
      insert into history_pending (organisation_id, entry)
      select r.controller_id, row(r.controller_id, 'agreement', r.id, 'agreement.registered', null, null, 'processor',
        null, null, null,
                                  jsonb_build_object('by', o.name, 'client_number', r.client_number, 'in_force_from',
                                    r.in_force_from),
                                  null, null, null)::history_entry
        from registered r cross join organisation o where o.id = me)
    select id, client_number from registered;
end $$;

-- The registers that clients of this office have: the one that accepted it, or else the unclaimed one that it made.
create function registers_of(office uuid, numbers text[]) returns table (kvk_number text, id uuid)
  language sql stable as $$
  select distinct on (o.kvk_number) o.kvk_number, o.id
    from organisation o
    left join consent c on c.controller_id = o.id and c.processor_id = office and c.state = 'accepted'
   where o.kvk_number = any (numbers) and o.joined_into is null
     and (c.state is not null or (o.made_by = office and o.claimed_at is null))
   order by o.kvk_number, c.state is null, o.id
$$;

-- The end of an address is by chance: whether somebody has that address already shows to nobody.
create function make_registers(office uuid, clients jsonb) returns void language sql as $$
  insert into organisation (slug, name, kvk_number, financial_undertaking, made_by)
  select distinct on (c.kvk_number) left(c.slug, 50) || '-' || encode(substr(uuid_send(gen_random_uuid()), 1, 4),
    'hex'), c.name,
         c.kvk_number, c.financial_undertaking, office
    from jsonb_to_recordset(clients) as c(slug text, name text, kvk_number text, financial_undertaking boolean)
   where c.kvk_number not in (select r.kvk_number
           from registers_of(office, array(select x->>'kvk_number' from jsonb_array_elements(clients) x)) r)
   order by c.kvk_number
  on conflict (made_by, kvk_number) where claimed_at is null and joined_into is null do nothing
$$;

-- The acting organisation's people have opened its register; whether they are the first. By the link of an office they
-- accept it.
create function claim_register() returns boolean
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
  return true;
end $$;

do $$
declare door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['register_clients(jsonb)', 'claim_register()', 'keep_to_own_clients()',
    'refuse_unless_admitted()'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  -- Not for the app: the operator, who owns the database, is a member of meldketen_door.
  alter function decide_admission(text, text, integer, text) owner to meldketen_door;
  revoke execute on function decide_admission(text, text, integer, text) from public;
  execute format('grant execute on function decide_admission(text, text, integer, text) to %I', current_user);
  foreach door in array array['registers_of(uuid,text[])', 'make_registers(uuid,jsonb)', 'is_admitted(uuid)'] loop
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_door', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
