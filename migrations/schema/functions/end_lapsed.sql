-- Deletes rows that have lapsed, at most so many of each table, news among them. Returns how many went, by table.
-- Answers of the API are whole resources with names in them, repeated within minutes. Where the form of a page led
-- (303) is an address without names, kept for as long as the draft of a page that stays open.
-- A mailed link is worth nothing after it lapsed; for a month more it says to its holder that it did.
-- Failures to log in count for a day; that a browser was good for an account, for a month.
-- How much was mailed on a day limits that day alone.
-- News was mailed by then; some that failed, and that a person must see to, stays as long as its run goes on.
-- That an address of a contact does not work is known for half a year after it left the office's agreements.
create or replace function end_lapsed(most integer) returns table (what text, gone bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  with old as (select a.organisation_id, a.key from idempotent_answer a
                where (a.created_at < now() - interval '1 day' and a.status is distinct from 303)
                   or (a.created_at < now() - interval '30 days' and a.status = 303)
                order by a.created_at limit most for update skip locked)
  delete from idempotent_answer a using old where a.organisation_id = old.organisation_id and a.key = old.key;
  get diagnostics gone = row_count; what := 'idempotent_answer'; return next;
  with old as (select i.token_hash from invitation i where i.expires_at < now() - interval '30 days'
                 and not exists (select from provider_errand e where e.invitation_hash = i.token_hash)
                order by i.expires_at limit most for update skip locked)
  delete from invitation i using old where i.token_hash = old.token_hash;
  get diagnostics gone = row_count; what := 'invitation'; return next;
  with old as (select r.token_hash from password_reset r where r.expires_at < now() - interval '1 day'
                order by r.expires_at limit most for update skip locked)
  delete from password_reset r using old where r.token_hash = old.token_hash;
  get diagnostics gone = row_count; what := 'password_reset'; return next;
  with old as (select c.challenge_hash from passkey_challenge c where c.expires_at < now()
                order by c.expires_at limit most for update skip locked)
  delete from passkey_challenge c using old where c.challenge_hash = old.challenge_hash;
  get diagnostics gone = row_count; what := 'passkey_challenge'; return next;
  with old as (select e.token_hash from provider_errand e where e.expires_at < now() - interval '1 day'
                order by e.expires_at limit most for update skip locked)
  delete from provider_errand e using old where e.token_hash = old.token_hash;
  get diagnostics gone = row_count; what := 'provider_errand'; return next;
  with old as (select s.token_hash from login_session s where s.expires_at < now() - interval '30 days'
                order by s.expires_at limit most for update skip locked)
  delete from login_session s using old where s.token_hash = old.token_hash;
  get diagnostics gone = row_count; what := 'login_session'; return next;
  with old as (select l.id from login_attempt l
                where l.at < now() - interval '1 day' and (not l.good or l.at < now() - interval '30 days')
                order by l.at limit most for update skip locked)
  delete from login_attempt l using old where l.id = old.id;
  get diagnostics gone = row_count; what := 'login_attempt'; return next;
  with old as (select c.organisation_id, c.purpose, c.day from mail_count c where c.day < current_date - 1
                order by c.day limit most for update skip locked)
  delete from mail_count c using old where (c.organisation_id, c.purpose, c.day) = (old.*);
  get diagnostics gone = row_count; what := 'mail_count'; return next;
  with old as (select n.organisation_id, n.id from news n where n.created_at < now() - interval '30 days'
                 and not exists (select from run r where r.organisation_id = n.organisation_id
                                    and r.subject_id = n.id and r.state = 'running')
                order by n.created_at limit most for update skip locked)
  delete from news n using old where n.organisation_id = old.organisation_id and n.id = old.id;
  get diagnostics gone = row_count; what := 'news'; return next;
  with old as (select d.organisation_id, d.user_id, d.id from form_draft d
                where d.saved_at < now() - interval '30 days' order by d.saved_at limit most for update skip locked)
  delete from form_draft d using old where (d.organisation_id, d.user_id, d.id) = (old.*);
  get diagnostics gone = row_count; what := 'form_draft'; return next;
  with old as (select t.organisation_id, t.step_id, t.user_id, t.occasion from turn_mail t
                where t.created_at < now() - interval '30 days' order by t.created_at limit most for update skip locked)
  delete from turn_mail t using old where (t.organisation_id, t.step_id, t.user_id, t.occasion) = (old.*);
  get diagnostics gone = row_count; what := 'turn_mail'; return next;
  with old as (select s.id from contact_standing s
                where s.left_at < now() - interval '180 days' order by s.left_at limit most for update skip locked)
  delete from contact_standing s using old where s.id = old.id;
  get diagnostics gone = row_count; what := 'contact_standing'; return next;
end $$;

alter function end_lapsed(integer) owner to meldketen_door;
revoke execute on function end_lapsed(integer) from public;
grant execute on function end_lapsed(integer) to meldketen_app;
