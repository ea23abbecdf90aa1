"""The law and how it is carried out: rules, steps, clocks, jobs and mail. May import tenants, never service.

Packages from the bottom up: law, engine and outside; mail; accounts; trust and notification; escalation and notice;
decisions and evidence; running. Beside them stand `roles` (who may do what), `catalogue`
(the workflows, by name) and `text_files` (the reader of texts).
"""
