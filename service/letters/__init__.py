"""Letters on paper, as tagged PDF (PDF/UA-1): typst makes them, values are text and never markup."""
