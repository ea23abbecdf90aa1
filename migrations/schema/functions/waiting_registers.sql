-- Returns where each admitted office's agreements about the number of this verified organisation lead: a register
-- that nobody opened, or one that was opened by somebody who is not verified.
create or replace function waiting_registers(me organisation) returns table (
  office uuid, register uuid, created_at timestamptz, is_claimed boolean)
language sql stable set search_path = public, pg_temp as $$
  select distinct on (w.office) w.office, w.id, w.created_at, w.claimed_at is not null
    from (select o.made_by as office, o.id, o.created_at, o.claimed_at
            from organisation o
           where o.kvk_number = me.kvk_number and o.claimed_at is null and o.joined_into is null
          union all
          select c.processor_id, o.id, o.created_at, o.claimed_at
            from organisation o join consent c on c.controller_id = o.id and c.state = 'accepted'
           where o.kvk_number = me.kvk_number and o.claimed_at is not null and o.verified_at is null
             and o.joined_into is null) w
   where me.claimed_at is not null and me.verified_at is not null and me.joined_into is null
     and w.office <> me.id and w.id <> me.id and is_admitted(w.office)
   order by w.office, w.claimed_at is null, w.id
$$;

revoke execute on function waiting_registers(organisation) from public;
grant execute on function waiting_registers(organisation) to meldketen_door;
