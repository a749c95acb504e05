# Production dependencies are installed apart, so that a change of code does not install them again.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY patches patches
RUN npm ci --omit=dev

FROM node:24-slim
WORKDIR /app
# The last two, and node's options below: see docs/decisions/005-speed.md.
ENV HOST=0.0.0.0 DATA_DIR=/data MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072 NODE_COMPILE_CACHE=/app/node_modules/.cache/compiled
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY src src
COPY views views
COPY public public
COPY locales locales
COPY migrations migrations
RUN node src/cli.ts --help > /dev/null
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/healthz`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--expose-gc", "--max-semi-space-size=4", "--heap-growing-percent=50", "--v8-pool-size=1", "src/cli.ts"]
CMD ["serve"]
