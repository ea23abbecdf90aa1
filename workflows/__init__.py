"""The law and its execution: rules, steps, clocks, jobs and mail. May import tenants, never the doors."""
