"""Studies: what a plan says (`plans`), whose data it may look at (`data`), what is computed (`analyses`), and how results read
(`reading`)."""
