"""The matching studio: pool and rules, the run, its review, its publication."""
