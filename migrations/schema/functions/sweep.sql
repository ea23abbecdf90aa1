-- Frees lapsed leases, and returns the organisations that have something to do. Any clock process or worker calls it
-- each second.
create or replace function sweep(most integer) returns table (organisation_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  office uuid;
begin
  for office in
    select lapsed.organisation_id from (
      select organisation_id from step where state = 'running' and lease_until < now()
      union select organisation_id from mail_batch where state = 'sending' and lease_until < now()) lapsed
     order by random() limit most
  loop
    begin
      perform free_lapsed(office);
    exception when others then  -- its leases stay lapsed, which the figures show; those of others are freed
      raise warning 'leases not freed: %', sqlstate;
    end;
  end loop;
  return query select w.organisation_id from organisations_with_work() w order by random() limit most;
end $$;

alter function sweep(integer) owner to meldketen_door;
revoke execute on function sweep(integer) from public;
grant execute on function sweep(integer) to meldketen_app;
