# One image for web processes, workers and the one-off preparation; see compose.yaml.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 VAR_DIR=/var/lib/tickertape HOST=0.0.0.0
WORKDIR /srv/tickertape

COPY pyproject.toml constraints.txt README.md ./
COPY progress ./progress
RUN pip install -c constraints.txt -e '.[site]'

COPY . .
RUN useradd --system --home /var/lib/tickertape --create-home tickertape
USER tickertape
VOLUME /var/lib/tickertape
EXPOSE 8000

# An exec form, so that SIGTERM reaches the process that drains.
CMD ["sh", "-c", "python manage.py prepare && exec python manage.py serve"]
