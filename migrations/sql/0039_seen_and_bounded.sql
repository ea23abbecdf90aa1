-- The operator sees whom it admitted; a queue takes only what it can do; and notices of before wait like later ones.

-- For the operator: each office that was decided about, and since when that decision stands.
create function offices_decided() returns table (slug text, name text, state text, most_clients integer, note text,
                                                 clients bigint, since timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.slug, o.name, a.state, a.most_clients, a.note, count(distinct p.client_number), a.at
    from admission a join organisation o on o.id = a.organisation_id
    left join processing_agreement p on p.processor_id = a.organisation_id
   group by o.id, a.organisation_id order by a.state, o.slug
$$;

-- As in 0016; new: what belongs to a definition that this build does not have (known: "name@version") takes nobody's
-- turn, for nobody could hear or tell it.
drop function organisations_with_due_clocks(integer);
create function organisations_with_due_clocks(known text[], most integer) returns table (organisation_id uuid)
language sql volatile security definer set search_path = public, pg_temp as $$
  with workflows as (select array_agg(distinct split_part(k, '@', 1)) as names from unnest(known) k)
  select due.organisation_id from (
    select c.organisation_id from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
     where c.next_at <= now() and concat(r.workflow, '@', r.version) = any (known)
    union select s.organisation_id from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
     where s.state = 'failed' and s.told_at is null and r.workflow = any ((select names from workflows)::text[])
    union select c.organisation_id from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
     where c.state = 'running' and c.failed_at is not null and c.told_at is null
       and r.workflow = any ((select names from workflows)::text[])
    union select n.organisation_id from notice n where n.look_at <= now()) due
   order by random() limit most
$$;

-- As in 0024; new: of each organisation its newest ends, `ends` of them, for an older end follows from a newer one. The
-- others are due again at once. Which organisations are taken is chance, so that who has many is not always among them.
drop function take_heads_to_carry(integer);
create function take_heads_to_carry(most integer, ends integer) returns table (organisation_id uuid, seq bigint)
language sql security definer set search_path = public, pg_temp as $$
  update signed_head s set attempts = s.attempts + 1,
         outside_at = now() + interval '1 minute' * power(2, least(s.attempts, 6))
    from (select w.organisation_id from signed_head w where w.outside_at <= now()
           group by 1 order by random() limit most) o
   cross join lateral (
         select x.seq from signed_head x where x.organisation_id = o.organisation_id and x.outside_at <= now()
          order by x.seq desc limit ends for update skip locked) due
   where s.organisation_id = o.organisation_id and s.seq = due.seq
  returning s.organisation_id, s.seq
$$;

-- Notices that an earlier version planned wait for the proof, or for the operator, as those that are planned now.
alter table mail_batch no force row level security;  -- their owner sees all rows for a moment
alter table organisation no force row level security;
update mail_batch b set state = 'held', held_for = 'not_verified', held_until = null from organisation o
 where o.id = b.organisation_id and o.verified_at is null and b.purpose = 'notice' and b.state = 'planned';
alter table organisation force row level security;
alter table mail_batch force row level security;

do $$
declare
  door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['offices_decided()', 'organisations_with_due_clocks(text[],integer)',
      'take_heads_to_carry(integer,integer)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
  end loop;
  execute format('grant execute on function offices_decided() to %I', current_user);
  grant execute on function organisations_with_due_clocks(text[], integer), take_heads_to_carry(integer, integer)
    to meldketen_app;
  revoke create on schema public from meldketen_door;
end $$;
