-- Returns what was proven of an organisation, and who wrote its name; null: nothing was proven, and its number is not
-- revealed.
create or replace function proof_of(o organisation) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select case when o.verified_at is not null then jsonb_build_object(
           'kvk_number', o.kvk_number, 'how', o.verified_how, 'name_checked', o.name_checked,
           'name_from', case when o.name_by_operator then 'operator' when w.by_itself then 'organisation'
                             else 'office' end,
           'office', case when not o.name_by_operator and not w.by_itself then
                       (select office.name from organisation office where office.id = o.made_by) end) end
    from (select o.made_by is null or o.name <> coalesce(o.as_registered->>'name', o.name) as by_itself) w
$$;

revoke execute on function proof_of(organisation) from public;
grant execute on function proof_of(organisation) to meldketen_door;
