"""The running service, driven from outside: over HTTP and processes, with the sandbox as SendGrid."""
