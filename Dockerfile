FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 VAR_DIR=/srv/tradeplat/var
WORKDIR /srv/tradeplat

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt

# Named one by one, so that no .env, .venv or var of the builder's ends up in the image.
COPY manage.py Procfile ./
COPY accounts accounts
COPY execution execution
COPY paper paper
COPY realtime realtime
COPY static static
COPY templates templates
COPY trading trading
COPY tradeplat tradeplat

# Collecting static files reads the settings, which want keys and servers but use none here.
RUN SECRET_KEY=- JWT_KEY=- FIELD_ENCRYPTION_KEYS=- DATABASE_URL=postgresql:/// REDIS_URL=redis:// \
    python manage.py collectstatic --no-input \
    && useradd --system tradeplat \
    && install --directory --owner tradeplat var/paper \
    && chown tradeplat var
USER tradeplat

CMD ["python", "-m", "tradeplat.run.process", "web"]
