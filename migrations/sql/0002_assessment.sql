-- What an assessment rests on, and what it led to. Three scales of severity, each apart: none is converted into
-- another.
alter table breach
  add column advice jsonb,                              -- as it stood when a person assessed: duties, terms, risk
  add column departure_reason text,                     -- why the assessment departs from it
  add column assessed_on text, add column decided_on text, add column seen_on text,  -- digests of the facts
  add column severity_answers jsonb,
  add column enisa jsonb,                               -- lowest and highest score in quarters, bands, flags
  add column authority_severity text check (authority_severity in ('negligible', 'limited', 'significant',
    'very_great')),
  add column edpb_severity text check (edpb_severity in ('minor', 'moderate', 'severe')),
  add column moved_term jsonb;                          -- {"until", "reason", "source"}: the authority moved the term
