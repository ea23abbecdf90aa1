-- Trigger: only an act of the operator, taken up in this transaction, changes a name that stands beside a proof; an
-- admitted office does not change its own either. A changed name counts as not compared, and a proof that ends takes
-- the comparison with it.
create or replace function keep_proven_name() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.name is distinct from old.name then
    new.name_checked := false;
    new.name_by_operator := exists (select from operator_act a
      where a.organisation_id = new.id and a.act = 'rename' and a.used_at = now());
    if not new.name_by_operator
       and (old.verified_at is not null or acting_organisation() = new.id and is_admitted(new.id)) then
      raise check_violation using message = 'the name stands beside a proof', constraint = 'proven_name';
    end if;
  end if;
  if new.verified_at is null then new.name_checked := false; end if;
  return new;
end $$;

alter function keep_proven_name() owner to meldketen_door;
revoke execute on function keep_proven_name() from public;
grant execute on function keep_proven_name() to meldketen_app;
