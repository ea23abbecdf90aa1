-- Returns why the chain breaks at this entry, as far as its neighbours show.
create or replace function history_diagnosis(organisation uuid, broken bigint) returns text language sql stable as $$
  with seal as (select s from history_seal s where s.organisation_id = organisation),
  before as (
    select coalesce(max(seq), 0) as seq, (array_agg(hash order by seq desc))[1] as hash
      from (select seq, hash from history where organisation_id = organisation and seq < broken order by seq desc
          limit 1) last),
  here as (select h from history h where h.organisation_id = organisation and h.seq = broken),
  later as (  -- those that would follow here
    select x as h from history x, before, here, seal
     where x.organisation_id = organisation and x.seq > broken and x.seq <= broken + 1000
       and history_hash(before.hash, x, broken, seal.s) in (x.hash, (here.h).hash)),
  beside as (select h from history h where h.organisation_id = organisation and h.seq = broken + 1)
  select case
    when before.seq < broken - 1 then 'dropped'
    when exists (select from later where (later.h).seq > broken + 1
                    or (here.h).hash = (history_hash((later.h).hash, here.h, broken + 1, seal.s))
                    or (beside.h).hash = history_hash((here.h).hash, here.h, broken + 1, seal.s)) then 'swapped'
    when exists (select from later) then 'inserted'
    when (beside.h).hash = history_hash((here.h).hash, beside.h, broken + 2, seal.s) then 'dropped'
    when exists (select from history_head k where k.organisation_id = organisation and k.seq = broken + 1
        and k.hash = (here.h).hash) then 'dropped'
    else 'altered' end
    from seal, before, here left join beside on true
$$;
