-- Two roles beside the owner. meldketen_app: web, worker and clock; owns nothing, bypasses nothing.
-- meldketen_door: owns the few doors between organisations; nobody can log in as it.
do $$ begin
  create role meldketen_app nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$ begin
  create role meldketen_door nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$ begin
  if not pg_has_role(current_user, 'meldketen_door',
                     case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end) then
    execute format('grant meldketen_door to %I', current_user);
  end if;
end $$;
revoke create on schema public from public;
grant usage on schema public to meldketen_app, meldketen_door;

-- uuidv7() is native from PostgreSQL 18 on; before that, this stands in for it (RFC 9562).
do $$ begin
  if current_setting('server_version_num')::int < 180000 then
    execute $f$
      create function uuidv7() returns uuid language sql volatile parallel safe as $b$
        select encode(
          set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid()) placing
                    substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                    from 1 for 6),
            52, 1), 53, 1), 'hex')::uuid
      $b$ $f$;
  end if;
end $$;
