-- To which register an agreement or a message leads is written by the doors alone. The app writes whom it wrote to,
-- whom to call, a call or letter, and what its people say of a contact.
revoke update on processing_agreement, escalation from meldketen_app;
grant update (contacts) on processing_agreement to meldketen_app;
grant update (call_needed_at, contacts, informed_at, informed_how, rung) on escalation to meldketen_app;
