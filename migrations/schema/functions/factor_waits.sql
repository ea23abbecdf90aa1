-- Returns whether a second factor does not count yet: one in the place of a lost one counts a day later. A login
-- through the organisation's own provider has a factor of its own, for which that provider vouches.
create or replace function factor_waits(organisation uuid, who uuid) returns boolean language sql stable as $$
  select exists (select from app_user u where u.id = who and u.proof_counts_from > now())
     and not exists (select from login_session s where s.user_id = who and s.only_organisation = organisation
                        and s.proof_by_provider and s.revoked_at is null
                        and s.proof_at >= now() - interval '5 minutes')
$$;
