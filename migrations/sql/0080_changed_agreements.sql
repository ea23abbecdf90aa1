alter table processing_agreement add column version integer not null default 1;
create index hits_of_agreement on incident_client (organisation_id, agreement_id);
