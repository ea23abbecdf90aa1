-- Counts a whole plan for the day that begins this many days from now. Returns for each mail "ok", or the limit that
-- it exceeds; such a mail is not counted. A mail without a hash goes to a whole list. All transactions take the keys
-- in one order. An organisation's first mail of a day to an address has ten times the room that the limit over all
-- organisations leaves, so that no organisation can hold up another's mail. For a later day only an organisation's
-- own mails count, so that nobody can use up an address beforehand.
create or replace function count_mails(kind text, hashes bytea[], ahead integer, most integer, most_to_address integer,
                            most_of_all integer)
returns text[] language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  on_day constant date := (now() at time zone 'Europe/Amsterdam')::date + ahead;
  waits constant boolean := current_setting('app.counted', true) is distinct from 'yes';
  own boolean;
  room integer;
  bucket integer;
  buckets integer[] := '{}';
  answers text[];
begin
  own := may_count(2300, hashtext(me || kind), waits);
  for bucket in select distinct hashtext(encode(h, 'hex')) % 512 from unnest(hashes) h where h is not null
                 order by 1 loop
    if may_count(2301, bucket, waits) then buckets := buckets || bucket; end if;
  end loop;
  perform set_config('app.counted', 'yes', true);
  if own then
    insert into mail_count (organisation_id, purpose, day, mails) values (me, kind, on_day, 0) on conflict do nothing;
    select greatest(most - mails, 0) into room from mail_count
     where organisation_id = me and purpose = kind and day = on_day;
  end if;
  with listed as (
    select nth, hash, sha256(hash || uuid_send(me)) as own_hash,
           coalesce(hashtext(encode(hash, 'hex')) % 512 = any(buckets), false) as counts,
           row_number() over (partition by hash order by nth) as place
      from unnest(hashes) with ordinality as h(hash, nth)),
  fitting as (
    select l.*, l.counts and (coalesce(mine.mails, 0) + l.place > most_to_address or coalesce(every.mails, 0) + l.place
             > most_of_all * case when coalesce(mine.mails, 0) + l.place = 1 then 10 else 1 end) as is_over
      from listed l
      left join mail_to_address mine on mine.day = on_day and mine.purpose = kind and mine.address_hash = l.own_hash
      left join mail_to_address every on ahead = 0 and every.day = on_day and every.purpose = kind
                                     and every.address_hash = l.hash),
  answered as (
    select nth, hash, own_hash, counts, case when is_over then 'address'
           when count(*) filter (where not is_over) over (order by nth) > room then 'organisation'
           else 'ok' end as answer
      from fitting),
  to_address as (
    insert into mail_to_address as c (day, purpose, address_hash, mails)
    select on_day, kind, h.key, count(*)
      from answered cross join lateral (values (own_hash), (case when ahead = 0 then hash end)) h(key)
     where answer = 'ok' and counts and h.key is not null group by h.key
    on conflict (day, purpose, address_hash) do update set mails = c.mails + excluded.mails)
  select array_agg(answer order by nth) into answers from answered;
  if own then
    update mail_count set mails = mails + coalesce(cardinality(array_positions(answers, 'ok')), 0)
     where organisation_id = me and purpose = kind and day = on_day;
  end if;
  return answers;
end $$;

alter function count_mails(text, bytea[], integer, integer, integer, integer) owner to meldketen_door;
revoke execute on function count_mails(text, bytea[], integer, integer, integer, integer) from public;
grant execute on function count_mails(text, bytea[], integer, integer, integer, integer) to meldketen_app;
