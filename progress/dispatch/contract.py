"""The tasks API: Django's own from Django 6 on, its backport before."""

from typing import TYPE_CHECKING

import django

if not TYPE_CHECKING and django.VERSION >= (6, 0):
    from django.tasks import DEFAULT_TASK_QUEUE_NAME, TaskResultStatus, task
    from django.tasks.backends.base import BaseTaskBackend
    from django.tasks.base import Task, TaskContext, TaskResult
    from django.tasks.signals import task_enqueued
else:
    from django_tasks import DEFAULT_TASK_QUEUE_NAME, TaskResultStatus, task
    from django_tasks.backends.base import BaseTaskBackend
    from django_tasks.base import Task, TaskContext, TaskResult
    from django_tasks.signals import task_enqueued

__all__ = [
    "DEFAULT_TASK_QUEUE_NAME",
    "BaseTaskBackend",
    "Task",
    "TaskContext",
    "TaskResult",
    "TaskResultStatus",
    "task",
    "task_enqueued",
]
