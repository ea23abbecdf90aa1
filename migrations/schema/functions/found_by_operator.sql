-- Founds an organisation; only the owner of the database may call it. Returns what became of it: founded, again (a
-- new link for the first owner is allowed), invited (a link still works; nothing was changed), or in_use (somebody
-- opened it; nothing was changed). `act` lets the app write the link. One is founded at a time: two operators with one
-- number found once, and two names that look alike get two addresses.
create or replace function found_by_operator(at_slug text, called text, kvk text, language text, why text,
  again boolean) returns jsonb language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  known organisation;
  link_until timestamptz;
  outcome text := 'again';
begin
  perform pg_advisory_xact_lock(hashtextextended('found', 0));
  select * into known from organisation o
   where o.kvk_number = kvk and o.made_by is null and o.joined_into is null order by o.id limit 1;
  if known.id is null then
    if exists (select from organisation o where o.slug = at_slug) then
      at_slug := left(at_slug, 48) || '-' || kvk || '-' || substr(md5(random()::text), 1, 4);
    end if;
    insert into organisation (slug, name, kvk_number, locale) values (at_slug, called, kvk, language)
    returning * into known;
    outcome := 'founded';
  elsif known.claimed_at is not null then
    outcome := 'in_use';
  else
    select max(i.expires_at) into link_until from invitation i
     where i.organisation_id = known.id and i.breach_id is null and i.used_at is null and i.withdrawn_at is null
       and i.expires_at > now();
    if link_until is not null and not again then outcome := 'invited'; end if;
  end if;
  return jsonb_build_object('organisation_id', known.id, 'slug', known.slug, 'name', known.name, 'outcome', outcome,
    'link_until', link_until,
    'act', case when outcome in ('founded', 'again') then operator_acts(known.id, 'found', why, null) end);
end $$;

alter function found_by_operator(text, text, text, text, text, boolean) owner to meldketen_door;
revoke execute on function found_by_operator(text, text, text, text, text, boolean) from public;
grant execute on function found_by_operator(text, text, text, text, text, boolean) to meldketen_owner;
