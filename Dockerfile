# syntax=docker/dockerfile:1
# docs/server.md says how to run it: read-only, without rights, and with a token.

FROM node:20.19-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The build runs below, when its sources are there; no package may run scripts of its own.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsdown.config.ts vite.config.ts ./
COPY src ./src
COPY server ./server
COPY fonts ./fonts
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20.19-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/fonts ./fonts
# Volumes take the owner of the folders that they cover; nothing else has to be written, apart from /tmp.
RUN mkdir /data /fits && chown 10001:10001 /data /fits
VOLUME ["/data", "/fits"]
USER 10001:10001
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/cli/main.js", "serve", "--host", "0.0.0.0", "--port", "3000", "--data", "/data", "--fits", "/fits"]
