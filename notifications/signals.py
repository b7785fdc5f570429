"""News of this app for the apps above it."""

from django.dispatch import Signal

rest_changed = Signal()  # person, at: on which days, or at which hours, they want to be left in peace
news_read = Signal()  # newest ({person's id: when the newest of what they read just now was told}), at
