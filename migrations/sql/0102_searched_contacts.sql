-- What a search of a list of clients compares is written once for each change of the contacts, and not for each search.
alter table processing_agreement
  add column contact_words text not null generated always as (contact_words(contacts)) stored,
  add column contact_phones text not null generated always as (contact_phones(contacts)) stored;
