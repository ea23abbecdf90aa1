-- Removes moments that rest on a delivery by mail, which went to somebody else. The register's history keeps them.
create or replace function forget_deliveries(register uuid, breaches uuid[]) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  insert into history_pending (organisation_id, entry)
  select register, row(register, 'breach', b.id, 'breach.delivery_led_elsewhere', null, null, 'processor', null, null,
    null, jsonb_build_object('by', b.stated_by, 'informed_at', b.stated_aware_at, 'how', b.stated_aware_how),
    null, null, null)::history_entry
    from breach b where b.organisation_id = register and b.id = any (breaches) and b.stated_aware_how = 'mail'
   order by b.id;
  update breach set stated_aware_at = null, stated_aware_how = null, stated_by = null
   where organisation_id = register and id = any (breaches) and stated_aware_how = 'mail';
end $$;

revoke execute on function forget_deliveries(uuid, uuid[]) from public;
grant execute on function forget_deliveries(uuid, uuid[]) to meldketen_door;
