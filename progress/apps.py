from django.apps import AppConfig, apps


class ProgressConfig(AppConfig):
    name = "progress"
    verbose_name = "Progress"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # what it imports needs the models

        checks.register_all()
        if apps.is_installed("django.contrib.admin"):
            from . import admin_webhooks  # noqa: F401 - registers itself
