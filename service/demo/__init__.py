"""The demo office and its clients: made up, the same every time, and believable enough to practise on."""
