"""The demo office and its clients: made up, the same every time, believable enough to practise on."""
