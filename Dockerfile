# A small, non-root image of the `crypto` server, built with the same scripts as `make run`.
#
# Written where no container engine was at hand: read carefully, not yet built. Whoever builds it first, please report
# what was wrong. It needs no secrets at build time and keeps all state in the volume /data.
#
#   docker build -t crypto .
#   docker run --rm -p 127.0.0.1:3000:3000 -v crypto-data:/data crypto
#
# Inside the container the server listens on all interfaces; the `-p 127.0.0.1:…` above is what keeps it to this
# machine. Put a reverse proxy with TLS in front before opening it wider.

# --- build: compiler, Node and wasm tools, none of which reach the final image
FROM docker.io/library/rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ENV CARGO_TARGET_DIR=/target CRYPTO_TOOLS_DIR=/tools
RUN scripts/bundle.sh
RUN cargo build --locked --release --package server --bin crypto \
    && strip /target/release/crypto

# --- run: the binary, the site and the shared configuration
FROM docker.io/library/debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin crypto \
    && install -d -o crypto -g crypto -m 0750 /data
COPY --from=build /target/release/crypto /usr/local/bin/crypto
COPY --from=build /target/site /usr/share/crypto/site
COPY config /etc/crypto
USER 10001
VOLUME /data
EXPOSE 3000
ENV LEPTOS_OUTPUT_NAME=crypto \
    LEPTOS_SITE_ROOT=/usr/share/crypto/site \
    LEPTOS_SITE_PKG_DIR=pkg \
    CRYPTO_CONFIG_DIR=/etc/crypto \
    CRYPTO_DATA_DIR=/data \
    CRYPTO_LISTEN=0.0.0.0:3000
WORKDIR /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["crypto"]
CMD ["serve"]
