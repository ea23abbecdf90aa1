-- Chains entries of any organisations to their histories. All transactions lock the heads in one order, and after all
-- other rows, so that no two wait for each other. A name's row is looked up or made; a name that was typed in always
-- gets a row of its own. Each entry has its tag, and the hash of the register in its details.
create or replace function chain_entries(entries history_entry[]) returns void
  language plpgsql set search_path = public, pg_temp as $$
begin
  perform from history_head h where h.organisation_id in (select e.organisation_id from unnest(entries) e)
    order by h.organisation_id for update;
  insert into history_person (organisation_id, actor_id, name, salt)
  select who.*, uuid_send(gen_random_uuid())
    from (select distinct e.organisation_id, e.actor_id, e.actor_name from unnest(entries) e
        where e.actor_name is not null) who
   where who.actor_id is null or not exists (select from history_person p where p.organisation_id = who.organisation_id
                                                and p.actor_id = who.actor_id and p.name = who.actor_name);
  with given as materialized (select e.* from unnest(entries) with ordinality e),
  people as materialized (
    select distinct on (who.organisation_id, who.actor_id, who.actor_name) who.*, p.id as person,
           sha256(p.salt || convert_to(p.name, 'UTF8')) as actor
      from (select distinct organisation_id, actor_id, actor_name from given where actor_name is not null) who
      join history_person p on p.organisation_id = who.organisation_id and p.name = who.actor_name
                           and p.actor_id is not distinct from who.actor_id
     order by who.organisation_id, who.actor_id, who.actor_name, p.id desc),
  placed as (
    select g.*, k.hash as before, k.seq + row_number() over of_one as seq, s.secret, p.person, p.actor,
           case when b.id is null then g.details else g.details || register_hash(b, s.secret) end as known,
           lead(g.ordinality) over of_one is null as is_last,
             bool_or(is_decision(g.what)) over (partition by g.organisation_id) as decides
      from given g left join history_head k on k.organisation_id = g.organisation_id
      left join history_seal s on s.organisation_id = g.organisation_id
      left join breach b on g.subject_kind = 'breach' and b.organisation_id = g.organisation_id and b.id = g.subject_id
      left join people p on p.organisation_id = g.organisation_id and p.actor_name = g.actor_name
                        and p.actor_id is not distinct from g.actor_id
    window of_one as (partition by g.organisation_id order by g.ordinality)),
  chained as (
    select x.*, history_chained(before, sha256(history_tag(secret, subject_id, seq) || history_leaf(history_text(2,
             organisation_id, seq, now(), subject_kind, subject_id, what, actor_id, role, for_id, actor, version,
               terms, known, personal))))
             over (partition by organisation_id order by ordinality rows unbounded preceding) as hash
      from placed x),
  kept as (
    insert into history_personal (organisation_id, seq, salt, sealed)
    select organisation_id, seq, salt, sealed from chained where personal is not null),
  written as (
    insert into history (organisation_id, seq, subject_kind, subject_id, what, actor_id, role, for_id, person, actor,
        version, terms,
                         details, personal, hash)
    select organisation_id, seq, subject_kind, subject_id, what, actor_id, role, for_id, person, actor, version, terms,
      known,
           personal, hash from chained)
  update history_head k set seq = last.seq, hash = last.hash,
         sign_at = least(k.sign_at, now() + case when last.decides then interval '0' else interval '1 day' end)
    from chained last where last.is_last and k.organisation_id = last.organisation_id;
end $$;

revoke execute on function chain_entries(history_entry[]) from public;
grant execute on function chain_entries(history_entry[]) to meldketen_door;
