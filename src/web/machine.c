/* For machines: liveness, readiness, metrics (Prometheus text 0.0.4), and compiled-in files. */
#include <inttypes.h>

#include "web/assets.h"
#include "web/handlers.h"
#include "web/inner.h"

static void text_send(struct web_request *r, int status, struct str text) {
    struct http_response *res = http_answer(r->http);
    res->status = status;
    res->content_type = STR("text/plain; charset=utf-8");
    buf_add(&res->body, text);
    http_send(r->http);
}

/* The loops turn: otherwise nobody would answer. */
void api_healthz(struct web_request *r) {
    text_send(r, 200, STR("ok\n"));
}

void api_readyz(struct web_request *r) {
    if (atomic_load(&r->web->stopping))
        text_send(r, 503, STR("stopping\n"));
    else if (!app_well(r->app))
        text_send(r, 503, STR("cannot write\n"));
    else
        text_send(r, 200, STR("ready\n"));
}

static void metric_head(struct buf *out, const char *name, const char *kind, const char *what) {
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, what, name, kind);
}

static void metric(struct buf *out, const char *name, const char *kind, const char *what,
                   uint64_t value) {
    metric_head(out, name, kind, what);
    buf_printf(out, "%s %" PRIu64 "\n", name, value);
}

static void request_metrics(struct buf *out, const struct web *web) {
    size_t count;
    const struct web_route *routes = web_routes(&count);
    metric_head(out, "mandate_http_requests_total", "counter", "Answers, by route and class");
    for (size_t i = 0; i < WEB_ROUTES_MAX; i++)
        for (size_t class = 1; class < 6; class ++) {
            uint64_t n = atomic_load(&web->counts[i].by_class[class]);
            if (n > 0)
                buf_printf(
                    out, "mandate_http_requests_total{route=\"%s\",status=\"%zuxx\"} %" PRIu64 "\n",
                    i < count ? routes[i].id : "none", class, n);
        }
    metric_head(out, "mandate_http_request_seconds", "histogram",
                "Time from a request's first byte to its answer's last");
    uint64_t sum = 0;
    for (size_t i = 0; i < WEB_LATENCY_BUCKETS; i++) {
        sum += atomic_load(&web->latency[i]);
        buf_printf(out,
                   "mandate_http_request_seconds_bucket{le=\"%" PRId64 ".%06" PRId64 "\"} %" PRIu64
                   "\n",
                   web_latency_us[i] / 1000000, web_latency_us[i] % 1000000, sum);
    }
    sum += atomic_load(&web->latency[WEB_LATENCY_BUCKETS]);
    uint64_t sum_us = atomic_load(&web->latency_sum_us);
    buf_printf(out, "mandate_http_request_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
    buf_printf(out, "mandate_http_request_seconds_sum %" PRIu64 ".%06" PRIu64 "\n",
               sum_us / 1000000, sum_us % 1000000);
    buf_printf(out, "mandate_http_request_seconds_count %" PRIu64 "\n", sum);
}

void api_metrics(struct web_request *r) {
    struct http_response *res = http_answer(r->http);
    struct buf *out = &res->body;
    struct http_counts counts = http_server_counts(r->web->server);
    metric(out, "mandate_http_connections", "gauge", "Open connections", counts.connections_open);
    metric(out, "mandate_http_connections_total", "counter", "Connections accepted",
           counts.connections_total);
    metric(out, "mandate_http_connections_refused_total", "counter", "Connections over the limit",
           counts.connections_refused);
    metric(out, "mandate_http_refused_total", "counter", "Requests refused before any handler ran",
           counts.requests_refused);
    metric(out, "mandate_http_sent_bytes_total", "counter", "Bytes sent", counts.bytes_sent);
    request_metrics(out, r->web);
    res->content_type = STR("text/plain; version=0.0.4; charset=utf-8");
    http_send(r->http);
}

/* The path holds a hash of the bytes, so a browser asks once. */
void web_asset(struct web_request *r) {
    const struct ui_asset *asset = ui_asset(r->http->path);
    if (asset == NULL) {
        web_fail_status(r, 404, "there is no such file");
        return;
    }
    struct http_response *res = http_answer(r->http);
    res->content_type = asset->content_type;
    res->cache_s = UINT32_MAX;
    res->view = asset->bytes;
    http_header_add(r->http, STR("Vary"), STR("Accept-Encoding"));
    struct str item, accepts = http_header_get(r->http, STR("accept-encoding"));
    while (str_split(&item, &accepts, ',')) {
        struct str coding = str_trim(str_sub(item, 0, str_find_byte(item, ';')));
        if (!str_eq_ascii_case(coding, STR("gzip")) || str_ends(str_trim(item), STR("q=0")))
            continue;
        res->view = asset->gzip;
        http_header_add(r->http, STR("Content-Encoding"), STR("gzip"));
        break;
    }
    res->etag = arena_printf(r->arena, "\"%.*s%s\"", STR_ARG(r->http->path),
                             res->view.at == asset->gzip.at ? "-gzip" : "");
    http_send(r->http);
}
