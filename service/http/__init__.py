"""What holds for every request and answer over HTTP: reading, hosts, headers, cookies, errors, the web server's worker.

May import admission, running and words. Its words: refusal, problem (RFC 9457), whole request.
"""
