-- Which file an agreement came from, so that the clients of a file can be taken back until something rests on them.
alter table processing_agreement add column file_id uuid;  -- null: somebody typed it
create index agreement_of_file on processing_agreement (processor_id, file_id) where file_id is not null;
