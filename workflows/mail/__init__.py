"""Mail through SendGrid, by batches: planned, claimed, posted once, answered or unknown (DESIGN 7)."""
