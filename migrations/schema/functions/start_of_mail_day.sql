-- Midnight in Amsterdam, so many days ahead: the day over which mail is counted.
create or replace function start_of_mail_day(ahead integer) returns timestamptz language sql stable
return ((now() at time zone 'Europe/Amsterdam')::date + ahead)::timestamp at time zone 'Europe/Amsterdam';
