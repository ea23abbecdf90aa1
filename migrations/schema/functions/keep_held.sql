-- Trigger: held mail is let go only through a door, and only an organisation that is proven plans a notice.
create or replace function keep_held() returns trigger language plpgsql as $$
begin
  if current_user = 'meldketen_door' then return new; end if;
  if old.state = 'held' and new.state <> 'held' then
    raise exception 'this mail waits' using errcode = 'check_violation', constraint = 'held_mail_waits';
  end if;
  if old.state = 'listed' and new.state = 'planned' and new.purpose = 'notice'
     and not exists (select from organisation o where o.id = new.organisation_id and o.verified_at is not null
                        for share) then  -- nobody takes the proof back before this is planned
    raise exception 'nobody proved whose notice this is'
      using errcode = 'check_violation', constraint = 'notice_of_verified';
  end if;
  return new;
end $$;
