# One image for every Dateline process; the command selects it. docs/production.md says how it is run.
# The locks: docker/runtime.lock has what runs, with hashes (`make lock`); docker/build.lock what builds our own wheel.
FROM python:3.13-slim-bookworm AS build
ARG TARGETARCH=amd64
# faust-streaming has no wheel for arm64, and is compiled there; this stage is not in the image
RUN test "$TARGETARCH" = amd64 || { apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*; }
WORKDIR /build
COPY docker/runtime.lock docker/build.lock docker/
RUN python -m venv --without-pip /opt/dateline \
 && pip --python /opt/dateline/bin/python install --no-cache-dir --no-compile --require-hashes -r docker/runtime.lock -c docker/runtime.lock \
 && pip install --no-cache-dir --require-hashes -r docker/build.lock
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY pipeline pipeline
COPY flows flows
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --no-index --wheel-dir wheels . \
 && pip --python /opt/dateline/bin/python install --no-cache-dir --no-compile --no-deps --no-index wheels/*.whl \
 && python -m compileall -q -j 0 /opt/dateline/lib

FROM python:3.13-slim-bookworm
# a number of its own, which Kubernetes needs to see that it isn't root; the state folder is made here, so that a volume has its owner
RUN useradd --system --uid 10001 --user-group --create-home --home-dir /var/lib/dateline dateline \
 && install -d -o dateline -g dateline /var/lib/dateline/state
COPY --from=build /opt/dateline /opt/dateline
COPY --chmod=0755 docker/healthy /usr/local/bin/healthy
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATELINE_BIND=0.0.0.0 \
    DATELINE_LOG_FORMAT=json \
    DATELINE_LOCAL_DIR=/var/lib/dateline/state
USER 10001:10001
WORKDIR /var/lib/dateline
ENTRYPOINT ["dateline"]
CMD ["--help"]
