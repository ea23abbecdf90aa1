-- A session that began through an organisation's provider may be proven by the account's own factor too: then it is the
-- word of that factor, and waits as it does.
alter table login_session add column proof_by_provider boolean not null default false;
create or replace function factor_waits(organisation uuid, who uuid) returns boolean language sql stable as $$
  select exists (select from app_user u where u.id = who and u.proof_counts_from > now())
     and not exists (select from login_session s where s.user_id = who and s.only_organisation = organisation
                        and s.proof_by_provider and s.revoked_at is null
                        and s.proof_at >= now() - interval '5 minutes')
$$;

-- A seat that waits does not prove whose organisation it is: that lets mail go that was held, and asks of processors.
drop trigger seat_counts_for_house on organisation;
create trigger seat_counts_for_house before update of joined_into, verified_at, name_checked on organisation
  for each row when (current_setting('app.person', true) <> '') execute function refuse_waiting_seat();
create trigger seat_counts_for_house before update on verification_letter
  for each row when (current_setting('app.person', true) <> '') execute function refuse_waiting_seat();
