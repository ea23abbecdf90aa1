-- The name and number of a client as a list of clients sorts them: without capitals, the name without accents. A
-- generated column has an index that is used behind row-level security: comparing text leaks nothing, lower() may.
alter table processing_agreement
  add column folded_name text not null
    generated always as (regexp_replace(normalize(lower(controller_name), NFKD), E'[\u0300-\u036f]', '', 'g')) stored,
  add column folded_number text not null generated always as (lower(client_number)) stored;
create index agreement_by_name on processing_agreement (processor_id, folded_name, id);
create index agreement_by_number on processing_agreement (processor_id, folded_number, id);
