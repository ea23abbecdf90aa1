-- Returns what organisations that proved the number of this register confirmed of an office's messages, while
-- somebody else had them: {breach: {"at", "by"}}.
create or replace function receipts_of_proven(office uuid, register uuid) returns jsonb language sql stable
  set search_path = public, pg_temp as $$
  select coalesce(jsonb_object_agg(confirmed.key, confirmed.value order by confirmed.value->>'at' desc), '{}')
    from organisation o
    join organisation v on v.kvk_number = o.kvk_number and v.claimed_at is not null and v.verified_at is not null
                       and v.joined_into is null
    join consent c on c.controller_id = v.id and c.processor_id = office
   cross join lateral jsonb_each(c.receipts) confirmed where o.id = register
$$;

revoke execute on function receipts_of_proven(uuid, uuid) from public;
grant execute on function receipts_of_proven(uuid, uuid) to meldketen_door;
