grant select, insert, update on engine_handler to meldketen_app;
