# One image for every Dateline process; the command selects it.
FROM python:3.13-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/dateline && /opt/dateline/bin/pip install --no-cache-dir --require-hashes -r requirements.lock -c requirements.lock
COPY schemas schemas
COPY pipeline pipeline
COPY flows flows
RUN /opt/dateline/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
RUN useradd --system --create-home --home-dir /var/lib/dateline dateline
COPY --from=build /opt/dateline /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH PYTHONUNBUFFERED=1 DATELINE_BIND=0.0.0.0 DATELINE_LOG_FORMAT=json DATELINE_LOCAL_DIR=/var/lib/dateline/state
USER dateline
WORKDIR /var/lib/dateline
ENTRYPOINT ["dateline"]
CMD ["--help"]
