-- Notes at contacts of offices that mail to them arrived or returned. Only record_mail_events calls it. The newest
-- moment of each counts, in whatever order events come; mail that is only deferred says nothing. Where an address
-- begins to fail, the office's history has an entry for each of its agreements with that address.
-- Mail from a client's own register tells the same of the contact at each office that may write to the client.
-- kinds: SendGrid's words for what happened, and 'blocked' for a bounce that says nothing of the address: a server that
-- refuses for an hour. The arrays are columns: place n of each is about one event.
create or replace function note_contact_mail(organisations uuid[], recipients uuid[], kinds text[],
                                             moments timestamptz[], reasons text[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  with events as (
    select r.organisation_id, r.contact_id, f.event = 'delivered' as arrived, f.at, f.reason
      from unnest(organisations, recipients, kinds, moments, reasons) as f(organisation_id, id, event, at, reason)
      join recipient r on r.organisation_id = f.organisation_id and r.id = f.id and r.contact_id is not null
     -- Mail that SendGrid dropped for what it says, or for the account's own limits, says nothing of the address.
     where f.event in ('delivered', 'bounce')
        or f.event = 'dropped' and coalesce(f.reason, '') !~* 'smtpapi|spam content|quota'),
  about as materialized (
    select distinct e.organisation_id, e.contact_id from events e),
  contacts as materialized (
    select o.contact_id, o.organisation_id, o.contact_id as id from about o
    union
    select o.contact_id, o.organisation_id, other.id
      from about o join contact_standing s on s.id = o.contact_id and s.organisation_id <> o.organisation_id
      join processing_agreement a on a.controller_id = o.organisation_id
      join contact_standing other on other.organisation_id = a.processor_id and other.address = s.address
     where may_write_about(a.processor_id, a.controller_id)
       and is_contact_between(a.processor_id, a.controller_id, s.address)),
  newest as (
    select c.id as contact_id, max(at) filter (where arrived) as reached_at,
           max(at) filter (where not arrived) as bounced_at,
           (array_agg(reason order by at desc) filter (where not arrived))[1] as reason
      from events e join contacts c using (organisation_id, contact_id) group by c.id),
  locked as materialized (
    select s.id, s.bounces, n.reached_at, n.bounced_at, n.reason
      from newest n join contact_standing s on s.id = n.contact_id
     order by s.organisation_id, s.address for no key update of s),
  noted as (
    update contact_standing s
       set reached_at = greatest(s.reached_at, l.reached_at), bounced_at = greatest(s.bounced_at, l.bounced_at),
           bounce_reason = case when l.bounced_at >= coalesce(s.bounced_at, '-infinity') then l.reason
                                else s.bounce_reason end
      from locked l where s.id = l.id
    returning s.organisation_id, s.address, s.bounces and not l.bounces as begins)
  insert into history_pending (organisation_id, entry)
  select a.processor_id, row(a.processor_id, 'agreement', a.id, 'contact.bounced', null, null, null, null, null, null,
    jsonb_build_object('client_number', a.client_number, 'contact', c.nth), null, null, null)::history_entry
    from noted n join processing_agreement a on a.processor_id = n.organisation_id
   cross join jsonb_array_elements(a.contacts) with ordinality as c(contact, nth)
   where n.begins and lower(trim(c.contact->>'email')) = n.address order by a.processor_id, a.id, c.nth;
end $$;

revoke execute on function note_contact_mail(uuid[], uuid[], text[], timestamp with time zone[], text[]) from public;
grant execute on function note_contact_mail(uuid[], uuid[], text[], timestamp with time zone[], text[])
  to meldketen_door;
