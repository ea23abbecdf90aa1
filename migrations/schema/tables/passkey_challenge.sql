grant select, insert, update, delete on passkey_challenge to meldketen_app;
grant select, update, delete on passkey_challenge to meldketen_door;
