-- Trigger: in thirty days an organisation stops only one request of another about the same person.
create or replace function keep_a_stop_to_once() returns trigger language plpgsql as $$
begin
  if exists (select from factor_request r
              where r.user_id = new.user_id and r.stopped_in = new.stopped_in and r.id <> new.id
                and r.asked_in is distinct from r.stopped_in
                and r.ended_at > now() - interval '30 days' and r.ended_at < now()) then
    raise exception 'a stop counts once in thirty days'
      using errcode = 'check_violation', constraint = 'stops_once';
  end if;
  return new;
end $$;
