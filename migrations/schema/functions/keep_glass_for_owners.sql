-- Trigger of broken_glass: only an owner breaks it, or an owner's deputy.
create or replace function keep_glass_for_owners() returns trigger language plpgsql as $$
begin
  if not exists (select from membership m where m.organisation_id = new.organisation_id and m.role = 'owner'
                    and (m.user_id = new.by_user and new.by_for is null or m.user_id = new.by_for and exists (
                         select from deputy d where d.organisation_id = m.organisation_id and d.of_user = m.user_id
                            and d.deputy_id = new.by_user and d.starts_at <= now()
                             and now() < d.ends_at and d.ended_at is null))) then
    raise exception 'only an owner breaks the glass'
      using errcode = 'check_violation', constraint = 'glass_is_an_owners';
  end if;
  return new;
end $$;
