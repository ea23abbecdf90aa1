-- Gives the register the description with which its office registered it. If that was not kept when it was opened, it
-- gets the name in the office's agreements, without a data protection officer. Settings that an office does not
-- register are as in a new organisation.
create or replace function describe_as_registered(register uuid) returns void
language sql set search_path = public, pg_temp as $$
  update organisation o set as_registered = null, trade_names = null, sector = null, size = null, without_fg = false,
      visiting_street = null, visiting_postcode = null, visiting_town = null, visiting_country = null,
      postal_street = null, postal_postcode = null, postal_town = null, postal_country = null, fg_phone = null,
      sender_name = null, reply_address = null, reply_in_use = null, reply_confirmed_at = null, reply_link_hash = null,
      reply_link_ends_at = null, reply_asked_by = '{}',
      closed_weekdays = '{}', closed_periods = '[]', settings_version = settings_version + 1,
      (name, locale, fg_name, fg_email, fg_number, financial_undertaking) = (
    select x.name, x.locale, x.fg_name, x.fg_email, x.fg_number, x.financial_undertaking
      from jsonb_populate_record(o, coalesce(o.as_registered, jsonb_build_object(
        'name', coalesce((select max(a.controller_name) from processing_agreement a
                           where a.processor_id = o.made_by and a.controller_id = o.id), o.name),
        'locale', 'nl', 'fg_name', null, 'fg_email', null, 'fg_number', null))) x)
   where o.id = register and o.made_by is not null
$$;

revoke execute on function describe_as_registered(uuid) from public;
grant execute on function describe_as_registered(uuid) to meldketen_door;
