-- Makes a check code, as tenants/register/notices.py does: of characters that do not look alike on paper.
create or replace function fresh_check_code() returns text language sql volatile as $$
  with drawn as (
    select string_agg(substr('23456789ABCDEFGHJKMNPQRSTUVWXYZ', 1 + (get_byte(bytes, n) % 31), 1), '' order by n)
           as signs
      from (select sha256(uuid_send(gen_random_uuid())) as bytes) b, generate_series(0, 7) n)
  select substr(signs, 1, 4) || '-' || substr(signs, 5) from drawn
$$;

revoke execute on function fresh_check_code() from public;
grant execute on function fresh_check_code() to meldketen_door;
