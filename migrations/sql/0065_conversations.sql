-- Who is calling whom now: a few entries of the last minutes among all.
create index history_taken on history (organisation_id, at) where what = 'escalation.taken';
