-- Returns the message with this code, for the public page "Is this message genuine?". proof: what proves the
-- organisation's number and name; is_founded: the operator founded the organisation; contact: whom readers may ask, as
-- the notice says.
create or replace function notice_with_code(code text)
returns table (organisation_name text, subject text, sent_at timestamptz, registered_by text, is_founded boolean,
              proof jsonb, contact text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, n.subject, n.sent_at, office.name,
         exists (select from operator_act a where a.organisation_id = o.id and a.act = 'found'), proof_of(o), n.contact
    from notice n join organisation o on o.id = n.organisation_id
    left join organisation office on office.id = o.made_by
         and exists (select from processing_agreement a where a.processor_id = office.id and a.controller_id = o.id)
   where n.check_code = upper(trim(code)) and n.sent_at is not null
$$;

alter function notice_with_code(text) owner to meldketen_door;
revoke execute on function notice_with_code(text) from public;
grant execute on function notice_with_code(text) to meldketen_app;
