grant select, insert on provider_errand to meldketen_app;
grant select, update, delete on provider_errand to meldketen_door;
grant update (used_at) on provider_errand to meldketen_app;
