# One image for every process: `api` (the default), `worker` and `migrate`; `node scripts/…` for an operator's commands.
# Node is what package.json brings to a laptop, ffmpeg is Debian's, and both are of the Debian that the tests run on.
ARG NODE_VERSION=24.21.0
ARG DEBIAN=bookworm

FROM node:${NODE_VERSION}-${DEBIAN}-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without Node as a package, which is for machines that have none, without the compiler that is somebody's optional peer,
# and without what only compilers and debuggers read.
RUN npm ci --omit=dev --ignore-scripts \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node node_modules/typescript node_modules/@typescript \
      node_modules/fluent-ffmpeg/coverage \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM debian:${DEBIAN}-slim
# Of ffmpeg's dependencies the OpenGL drivers are only for windows on a screen; the compiler in them is a quarter of it all.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ffmpeg bubblewrap \
 && dpkg --purge --force-depends libgl1-mesa-dri libllvm15 libz3-4 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/* /var/log/* /usr/share/doc/* /usr/share/man/* \
      /usr/share/locale/* \
 && groupadd --gid 1000 anb \
 && useradd --uid 1000 --gid anb --no-create-home --home-dir /tmp --shell /usr/sbin/nologin anb \
 && install --directory --owner anb --group anb /app/uploads /app/bumpers
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY assets assets
COPY examples examples
COPY scripts scripts
COPY worker worker
COPY schema schema
COPY src src
COPY server server
COPY deploy/image /usr/local/bin
USER 1000:1000
# Shows that this ffmpeg makes clips, and spares each worker the wait at its start.
RUN node scripts/prepare-bumpers.ts /app/bumpers

ENV NODE_ENV=production \
    STORAGE_DIR=/app/uploads \
    BUMPERS_DIR=/app/bumpers
# The only folder, beside the uploads, that is written to: the rest may be read-only.
VOLUME /tmp
EXPOSE 8000 8001
# Whichever of the two processes it is.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "/app/scripts/operate/check-health.ts", "http://127.0.0.1:8000/health", "http://127.0.0.1:8001/health"]
CMD ["api"]
