-- Keys for programs. Of a key only a hash is kept; it may do less than its maker, and nothing that needs a person.
create table api_token (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  name text not null check (length(trim(name)) between 1 and 80),
  prefix text not null check (prefix ~ '^meld_[0-9A-Za-z]{6}$'),
  token_hash bytea not null check (length(token_hash) = 32),
  scopes text[] not null check (cardinality(scopes) > 0
    and not scopes && array['approve', 'submit', 'release', 'break_glass', 'review_broken_glass', 'appoint_deputy',
                            'see_to_people', 'see_to_tokens', 'see_to_provider', 'see_to_keys']),
  made_by uuid not null references app_user,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  refused_at timestamptz, refused_act text,              -- the last time it wanted more than it may
  revoked_at timestamptz, revoked_by uuid references app_user,
  primary key (organisation_id, id),
  check (expires_at > created_at and expires_at <= created_at + interval '365 days'),
  check ((revoked_at is null) = (revoked_by is null)),
  check ((refused_at is null) = (refused_act is null))
);
create unique index api_token_by_hash on api_token (token_hash);

-- Where the people of an organisation may log in beside here. The secret is sealed with the organisation's key.
create table identity_provider (
  organisation_id uuid primary key references organisation,
  name text not null check (length(trim(name)) between 1 and 80),
  issuer text not null check (length(issuer) between 1 and 500),
  client_id text not null check (length(client_id) between 1 and 500),
  sealed_secret bytea not null,
  proof_acr text[] not null default '{}',                -- values of acr that stand for a second factor
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);

-- Somebody as a provider knows them. Never by address: only who was logged in here, or held a mailed link, is linked.
create table linked_identity (
  organisation_id uuid not null references organisation,
  issuer text not null,
  subject text not null check (length(subject) between 1 and 255),
  user_id uuid not null references app_user,
  created_at timestamptz not null default now(),
  primary key (organisation_id, issuer, subject),
  unique (organisation_id, issuer, user_id)
);

-- Somebody is on the way to a provider and back: once, within ten minutes, in the browser that holds the cookie.
create table provider_errand (
  token_hash bytea primary key,
  organisation_id uuid not null references organisation,
  purpose text not null check (purpose in ('login', 'link', 'invitation')),
  session_id uuid,
  invitation_hash bytea references invitation,
  next text not null default '/',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '10 minutes',
  used_at timestamptz,
  check ((purpose = 'link') = (session_id is not null)),
  check ((purpose = 'invitation') = (invitation_hash is not null))
);
create index errand_by_age on provider_errand (expires_at);

do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  t text;
begin
  foreach t in array array['api_token', 'identity_provider', 'linked_identity'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy owned on %I to meldketen_app using (organisation_id = %s) '
      'with check (organisation_id = %s)', t, me, me);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select, insert on %I to meldketen_app', t);
    execute format('grant select on %I to meldketen_door', t);
  end loop;
end $$;
grant update (refused_at, refused_act, revoked_at, revoked_by) on api_token to meldketen_app;
grant update (last_used_at) on api_token to meldketen_door;
grant update (name, issuer, client_id, sealed_secret, proof_acr, changed_at) on identity_provider to meldketen_app;
grant delete on identity_provider, linked_identity to meldketen_app;   -- a secret that nobody needs must not stay
grant select, insert, delete on provider_errand to meldketen_app;
grant update (used_at) on provider_errand to meldketen_app;

-- Whose key this is, while it counts and its maker is still a member. Notes its use, at most once a minute.
create function holder_of_token(hash bytea)
returns table (organisation_id uuid, token_id uuid, token_name text, scopes text[], user_id uuid, email text,
  locale text,
               slug text, organisation_name text, role text)
language sql volatile security definer set search_path = public, pg_temp as $$
  with used as (
    update api_token set last_used_at = now()
     where token_hash = hash and revoked_at is null and expires_at > now()
       and (last_used_at is null or last_used_at < now() - interval '1 minute'))
  select k.organisation_id, k.id, k.name, k.scopes, u.id, u.email, u.locale, o.slug, o.name, m.role
    from api_token k
    join app_user u on u.id = k.made_by
    join membership m on m.organisation_id = k.organisation_id and m.user_id = k.made_by
    join organisation o on o.id = k.organisation_id
   where k.token_hash = hash and k.revoked_at is null and k.expires_at > now()
$$;

-- Which provider the login page of an organisation names. Tells nothing of one that has none.
create function provider_at(at_slug text) returns table (organisation_id uuid, organisation_name text,
  provider_name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.name, p.name from organisation o join identity_provider p on p.organisation_id = o.id
    where o.slug = at_slug
$$;

do $$
declare door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['holder_of_token(bytea)', 'provider_at(text)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
