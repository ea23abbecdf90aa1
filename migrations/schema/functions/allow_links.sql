-- Lets mail of this verified organisation link to these domains, on the operator's act with this id.
create or replace function allow_links(act_id uuid, domains text[]) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'allow_links');
begin
  update organisation set web_domains = domains where id = allowed.organisation_id and verified_at is not null;
  if not found then
    raise exception 'not verified' using errcode = 'check_violation', constraint = 'links_of_verified';
  end if;
end $$;

alter function allow_links(uuid, text[]) owner to meldketen_door;
revoke execute on function allow_links(uuid, text[]) from public;
grant execute on function allow_links(uuid, text[]) to meldketen_app;
