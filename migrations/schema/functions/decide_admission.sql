-- Decides on an admission, as the owner of the database: the app may not do it. Null: there is no such organisation,
-- or it was never admitted. new_state: null changes limits only. clients_at_most: null keeps the present limit, 0
-- removes it.
create or replace function decide_admission(at_slug text, new_state text, clients_at_most integer, why text)
returns uuid language plpgsql security definer set search_path = public, pg_temp as $$
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

alter function decide_admission(text, text, integer, text) owner to meldketen_door;
revoke execute on function decide_admission(text, text, integer, text) from public;
grant execute on function decide_admission(text, text, integer, text) to meldketen_owner;
