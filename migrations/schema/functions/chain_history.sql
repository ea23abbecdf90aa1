-- Writes the entries of the acting organisation, and those that doors wrote in this transaction, as the last
-- statement before the commit.
-- entries: [{"subject_kind","subject_id","what","actor_id","actor_name","role","for_id","version","terms","details",
-- "personal","salt","sealed"}], the last three in hexadecimals.
create or replace function chain_history(entries jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  gathered history_entry[];
begin
  if me is null and entries <> '[]' then
    raise insufficient_privilege using message = 'nobody is acting';
  end if;
  with taken as (delete from history_pending p where p.xact = pg_current_xact_id() returning p.id, p.entry),
  both_kinds as (
    select 0 as kind, ord, (me, subject_kind, subject_id, what, actor_id, actor_name, role, for_id, version, terms,
           coalesce(details, '{}'), decode(personal, 'hex'), decode(salt, 'hex'), decode(sealed, 'hex'))::history_entry
              as entry
      from rows from (jsonb_to_recordset(entries) as (
             subject_kind text, subject_id uuid, what text, actor_id uuid, actor_name text, role text, for_id uuid,
             version integer, terms text, details jsonb, personal text, salt text, sealed text))
           with ordinality as e(subject_kind, subject_id, what, actor_id, actor_name, role, for_id, version, terms,
                                details, personal, salt, sealed, ord)
    union all select 1, id, entry from taken)
  select array_agg(entry order by kind, ord) into gathered from both_kinds;
  if gathered is not null then
    perform chain_entries(gathered);
  end if;
end $$;

alter function chain_history(jsonb) owner to meldketen_door;
revoke execute on function chain_history(jsonb) from public;
grant execute on function chain_history(jsonb) to meldketen_app;
