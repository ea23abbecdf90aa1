-- Returns these breaches, incidents, notices and clients with the words by which a search finds each; one that is not
-- there comes back without words (null). A number is found whole too, without signs and letters in it.
create or replace function words_of_subjects(asked search_subject[]) returns setof search_subject
language sql stable set search_path = public, pg_temp as $$
  with subject as materialized (select distinct a.organisation_id, a.kind, a.subject_id from unnest(asked) a),
  said as (
    select b.organisation_id, 'breach' as kind, b.id, concat_ws(' ', b.reference, b.title, b.processor_name,
           b.authority_number, regexp_replace(b.authority_number, '[^0-9]', '', 'g')) as words
      from subject s join breach b on b.organisation_id = s.organisation_id and b.id = s.subject_id
     where s.kind = 'breach'
    union all
    select i.organisation_id, 'incident', i.id, concat_ws(' ', i.reference, i.title)
      from subject s join incident i on i.organisation_id = s.organisation_id and i.id = s.subject_id
     where s.kind = 'incident'
    union all
    select n.organisation_id, 'notice', n.id, concat_ws(' ', b.reference, b.title, n.subject)
      from subject s join notice n on n.organisation_id = s.organisation_id and n.id = s.subject_id
      join breach b on b.organisation_id = n.organisation_id and b.id = n.breach_id
     where s.kind = 'notice'
    union all
    select c.processor_id, 'client', c.id, concat_ws(' ', c.controller_name, c.client_number,
           regexp_replace(c.client_number, '[^0-9]', '', 'g'), c.kvk_number_stated)
      from subject s join processing_agreement c on c.processor_id = s.organisation_id and c.id = s.subject_id
     where s.kind = 'client'
  )
  select s.organisation_id, s.kind, s.subject_id, words_of(f.words)
    from subject s left join said f on f.organisation_id = s.organisation_id and f.kind = s.kind and f.id = s.subject_id
$$;
