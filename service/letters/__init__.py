"""Letters on paper, as tagged PDF (PDF/UA-1). typst makes them, and values are text, never markup."""
