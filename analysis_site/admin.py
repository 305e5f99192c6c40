"""The people of the site in its admin."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin

from progress.admin_owner import OwnerAdmin

Person = get_user_model()

admin.site.unregister(Person)  # Django's own page lists each event that goes with a person


@admin.register(Person)
class PersonAdmin(OwnerAdmin, UserAdmin):
    """Whoever is deleted goes with their sessions, runs, events, webhooks and tokens."""
