-- Returns clocks that should have been heard by now. One that was put off is due since the moment at which it should
-- have been heard.
create or replace function unheard_clocks() returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('due', count(*), 'failed', count(*) filter (where failed_at is not null),
                            'late_s', extract(epoch from now() - min(least(moments[heard + 1], next_at))))
    from (select moments, heard, next_at, failed_at from clock where next_at <= now()
          union all
          select moments, heard, next_at, failed_at from clock where attempt > 0 and next_at > now()) unheard
$$;

revoke execute on function unheard_clocks() from public;
grant execute on function unheard_clocks() to meldketen_door;
