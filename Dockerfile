# One image for every process: `api` (the default), `worker` and `migrate`. `node scripts/operate/….ts` runs an operator's
# command. Node has the version in package.json, ffmpeg is Debian's, and the tests run on the same Debian.
ARG NODE_VERSION=24.21.0
ARG DEBIAN=bookworm

FROM node:${NODE_VERSION}-${DEBIAN}-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image needs neither Node as a package, which is for machines without Node, nor the compiler, which is an optional
# peer of a dependency, nor the files that only compilers and debuggers read.
RUN npm ci --omit=dev --ignore-scripts \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node node_modules/typescript node_modules/@typescript \
      node_modules/fluent-ffmpeg/coverage \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM debian:${DEBIAN}-slim
# Removes the OpenGL drivers among ffmpeg's dependencies: only windows on a screen need them, and their compiler is a
# quarter of the image.
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
# Verifies that this ffmpeg encodes, and saves each worker this work at its start.
RUN node scripts/prepare-bumpers.ts /app/bumpers

ENV NODE_ENV=production \
    STORAGE_DIR=/app/uploads \
    BUMPERS_DIR=/app/bumpers
# The only writable folder besides the uploads: the rest of the file system may be read-only.
VOLUME /tmp
EXPOSE 8000 8001
# Checks the port of the API and of the worker; one success is enough.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "/app/scripts/operate/check-health.ts", "http://127.0.0.1:8000/health", "http://127.0.0.1:8001/health"]
CMD ["api"]
