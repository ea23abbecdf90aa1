grant select, insert, update, delete on engine_pulse to meldketen_app;
