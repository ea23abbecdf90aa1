-- Records a change in how a person logs in: in the history of each organisation where they have a seat, except the
-- acting one; with to_owners the owners there are told too. The app cannot write there itself. Raises unless the
-- person has a seat at the acting organisation.
create or replace function remember_elsewhere(who uuid, what text, by_user uuid, by_name text, to_owners boolean)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  others constant uuid[] := array(select distinct m.organisation_id from memberships_of(who) m
                                   where m.organisation_id <> me order by 1);
begin
  if what !~ '^user\.[a-z_]+$' or not exists (select from membership m where m.organisation_id = me
                                                 and m.user_id = who) then
    raise exception 'only of its own people' using errcode = 'insufficient_privilege';
  end if;
  perform record_across(o, 'user', who, what, by_user, by_name, null, null, '{}') from unnest(others) o;
  if to_owners then perform leave_news(others, what, who, null, null); end if;
end $$;

alter function remember_elsewhere(uuid, text, uuid, text, boolean) owner to meldketen_door;
revoke execute on function remember_elsewhere(uuid, text, uuid, text, boolean) from public;
grant execute on function remember_elsewhere(uuid, text, uuid, text, boolean) to meldketen_app;
