"""The demo office and its clients: made up, the same every time, and believable enough to practise on.

May import tenants and workflows, admission and words; only commands and the stories import it. Its words: office,
client, login (an account of the demo, with the secret of its app).
"""
