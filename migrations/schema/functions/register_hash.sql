-- Which tags the entries about its escalation have is told too: so none of those can be left out either.
create or replace function register_hash(b breach, secret bytea) returns jsonb language sql stable parallel safe as $$
  select jsonb_build_object('register', encode(sha256(convert_to(register_text(b), 'UTF8')), 'hex'))
      || case when b.escalation_id is null then '{}'
              else jsonb_build_object('escalation', encode(history_subject(secret, b.escalation_id), 'hex')) end
$$;
