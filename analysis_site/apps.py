from django.apps import AppConfig
from django.conf import settings


class AnalysisSiteConfig(AppConfig):
    name = "analysis_site"
    verbose_name = "Tickertape"

    def ready(self) -> None:
        """Shared tasks find their application once it has been imported."""
        if settings.REDIS_URL:
            import analysis_site.celery  # noqa: F401 - an import for its effect, and only then
