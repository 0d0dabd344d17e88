# The image of repoctl for `repoctl exporter`: the bundled command line, which needs no packages to read a cluster.
#
#   docker build --tag registry.example.com/tools/repoctl:0.1.0 .
FROM node:24-slim AS build
WORKDIR /repoctl
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts scripts
COPY charts charts
COPY src src
RUN node scripts/build.mjs --clean && rm build/*.map

FROM node:24-slim AS runtime
ENV NODE_ENV=production
COPY --from=build /repoctl/package.json /repoctl/
COPY --from=build /repoctl/build /repoctl/build
COPY bin /repoctl/bin
USER 65532:65532
EXPOSE 9464
# The kubelet asks /healthz and /readyz.
HEALTHCHECK NONE
ENTRYPOINT ["node", "/repoctl/bin/repoctl.mjs"]
CMD ["exporter", "--host", "0.0.0.0"]
