-- The breach in one's own register that an incident was passed on from: a message of one's own processor.
alter table incident add column from_breach uuid;
alter table incident add foreign key (organisation_id, from_breach) references breach (organisation_id, id);
create unique index incident_of_breach on incident (organisation_id, from_breach) where from_breach is not null;
