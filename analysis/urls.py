"""The addresses of the HTML pages."""

from django.urls import path

from analysis import views

urlpatterns = [
    path("", views.conversation, name="home"),
    path("s/<uuid:session_id>", views.conversation, name="conversation"),
    path("s/<uuid:session_id>/rename", views.rename, name="rename"),
    path("s/<uuid:session_id>/delete", views.delete, name="delete"),
    path("sessions", views.sessions, name="sessions"),
    path("a/<uuid:analysis_id>", views.bubble, name="bubble"),
    path("a/<uuid:analysis_id>/cancel", views.cancel, name="cancel"),
    path("a/<uuid:analysis_id>/answer", views.answer, name="answer"),
    path("a/<uuid:analysis_id>/retry", views.retry, name="retry"),
    path("a/<uuid:analysis_id>/table.csv", views.table, name="table"),
    path("suggest", views.suggest, name="suggest"),
    path("sql", views.sql, name="sql"),
    path("history", views.history, name="history"),
]
