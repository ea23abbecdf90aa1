"""PostgreSQL and Valkey from wheels, and the processes beside them: all of Meldketen on one machine.

For laptops, tests and the demo. It needs the extra ``local``, except for ``folder``, ``keys``, ``ports`` and
``programs``. May import the settings. A *stack* is both servers, web, workers, clocks and the SendGrid sandbox in one
data folder.
"""
