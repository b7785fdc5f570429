"""Pages: doors (before one is in), me (about oneself), institution (for its administrators)."""
