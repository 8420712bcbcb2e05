package io.tailrace.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/** Answers a bounded number of scrapes at a time; one more is refused with 503 at once. Thread-safe. */
final class ScrapeHandler implements HttpHandler {
    private static final int UNAVAILABLE = 503;

    private final HttpHandler metrics;
    private final Semaphore permits;
    private final int scrapesMax;

    ScrapeHandler(HttpHandler metrics, int scrapesMax) {
        this.metrics = metrics;
        this.permits = new Semaphore(scrapesMax);
        this.scrapesMax = scrapesMax;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (!permits.tryAcquire()) {
            refuse(exchange);
            return;
        }
        try {
            metrics.handle(exchange);
        } finally {
            permits.release();
        }
    }

    private void refuse(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] bytes =
                    (scrapesMax + " scrapes are in progress; try again later\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(UNAVAILABLE, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
