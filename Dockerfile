# One image for the web server, the worker, beat and the migration; what it does is its argument.
# Build with: docker compose build

FROM python:3.12-slim-bookworm AS packages
WORKDIR /srv/app
RUN python -m venv /srv/venv
COPY requirements.lock .
RUN /srv/venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock

FROM node:24-bookworm-slim AS front-end
WORKDIR /srv/app
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM packages AS built
COPY --from=front-end /srv/app/node_modules node_modules
COPY . .
# Settings of nobody's site: these two steps ask no server and keep no secret.
RUN PATH="/srv/venv/bin:$PATH" python -m config.offline manage.py messages --compile \
    && PATH="/srv/venv/bin:$PATH" python -m config.offline manage.py collectstatic --noinput

FROM python:3.12-slim-bookworm AS site
RUN useradd --system --uid 1000 --create-home commonpurse \
    && install -d -o commonpurse -g commonpurse /srv/beat \
    && install -d -o commonpurse -g commonpurse /srv/media /srv/board \
    && install -d -o commonpurse -g commonpurse -m 700 /srv/keys
COPY --from=built /srv/venv /srv/venv
COPY --from=built /srv/app /srv/app
WORKDIR /srv/app
ENV PATH="/srv/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0
USER commonpurse
EXPOSE 8000
ENTRYPOINT ["python", "-m", "config.entrypoint"]
CMD ["web"]
