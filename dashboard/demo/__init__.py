"""The demonstration: a made-up university whose people have a story in time. Planted by `manage.py seed_demo`."""
