-- Keeps a signed end of the acting organisation's chain. Returns false when it is no end of this chain, or was kept
-- before.
create or replace function keep_signed_head(statement text, signature bytea, outside boolean) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  number constant bigint := statement::jsonb->>'seq';
begin
  insert into signed_head (organisation_id, seq, head, statement, signature, key_id, outside_at)
  select me, h.seq, h.hash, keep_signed_head.statement, keep_signed_head.signature, k.id, case when outside
    then now() end
    from history h join signing_key k on k.organisation_id = me and k.ended_at is null
   where h.organisation_id = me and h.seq = number and encode(h.hash, 'hex') = statement::jsonb->>'head'
     and statement::jsonb->>'organisation' = me::text
  on conflict do nothing;
  if not found then return false; end if;
  update history_head k set sign_at = null where k.organisation_id = me and k.seq = number;
  return true;
end $$;

alter function keep_signed_head(text, bytea, boolean) owner to meldketen_door;
revoke execute on function keep_signed_head(text, bytea, boolean) from public;
grant execute on function keep_signed_head(text, bytea, boolean) to meldketen_app;
