-- Returns midnight in Amsterdam, this many days ahead: the start of the day over which mail is counted.
create or replace function start_of_mail_day(ahead integer) returns timestamptz language sql stable as $$
  select ((now() at time zone 'Europe/Amsterdam')::date + ahead)::timestamp at time zone 'Europe/Amsterdam'
$$;
