package io.tailrace.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of a process: those of the JVM, and those that the process registers. Each is read when it is scraped, on a thread of
 * the endpoint. One that cannot be read is logged and left out of that scrape as a whole; the others are answered. Thread-safe.
 *
 * <p>Each method throws {@link IllegalArgumentException} if Prometheus does not allow the name, or if it is registered already.
 */
public final class Metrics {
    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

    private final PrometheusRegistry registry = new PrometheusRegistry();

    Metrics() {}

    /** Registers the metrics of the JVM: {@code jvm_*} and {@code process_*}. */
    void registerJvm() {
        JvmMetrics.builder().register(registry);
    }

    /** Takes the values of a metric that has labels. */
    @FunctionalInterface
    public interface Samples {
        /** Adds a value. {@code labels} are in the order of their names, and no two values have the same ones. */
        void add(double value, String... labels);

        /** Adds a whole number. */
        default void add(long value, String... labels) {
            add((double) value, labels);
        }
    }

    /** Takes the values of a summary. */
    @FunctionalInterface
    public interface Summaries {
        /**
         * Adds a summary.
         *
         * @param count observations since the start
         * @param sum of all observations since the start
         * @param quantiles values by quantile, such as 0.99; may be empty
         */
        void add(long count, double sum, Map<Double, Double> quantiles, String... labels);
    }

    /** A value that rises and falls. */
    public void gauge(String name, String help, DoubleSupplier value) {
        gauges(name, help, List.of(), samples -> samples.add(value.getAsDouble()));
    }

    /** Values that rise and fall, one for each combination of labels. */
    public void gauges(String name, String help, List<String> labels, Consumer<Samples> read) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(callback -> collect(
                        name, found -> read.accept((value, values) -> found.add(() -> callback.call(value, values)))))
                .register(registry);
    }

    /** A count since the start. {@code name} ends with {@code _total}. */
    public void counter(String name, String help, LongSupplier count) {
        counters(name, help, List.of(), samples -> samples.add(count.getAsLong()));
    }

    /** Counts since the start, one for each combination of labels. {@code name} ends with {@code _total}. */
    public void counters(String name, String help, List<String> labels, Consumer<Samples> read) {
        if (!name.endsWith("_total")) {
            throw new IllegalArgumentException("the name of a counter must end with _total, is " + name);
        }
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(callback -> collect(
                        name, found -> read.accept((value, values) -> found.add(() -> callback.call(value, values)))))
                .register(registry);
    }

    /** Counts, sums and quantiles of observations. The quantile is a label of its own and not in {@code labels}. */
    public void summaries(String name, String help, List<String> labels, Consumer<Summaries> read) {
        SummaryWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(callback -> collect(
                        name,
                        found -> read.accept((count, sum, quantiles, values) ->
                                found.add(() -> callback.call(count, sum, quantiles(quantiles), values)))))
                .register(registry);
    }

    private static Quantiles quantiles(Map<Double, Double> values) {
        Quantiles.Builder builder = Quantiles.builder();
        values.forEach((quantile, value) -> builder.quantile(new Quantile(quantile, value)));
        return builder.build();
    }

    /** Hands the values over when all of them are read, so that a metric that fails halfway is not shown in part. */
    private static void collect(String name, Consumer<List<Runnable>> read) {
        List<Runnable> values = new ArrayList<>();
        try {
            read.accept(values);
        } catch (RuntimeException e) {
            LOG.warn("Metric not read: {}", name, e);
            return;
        }
        values.forEach(Runnable::run);
    }

    PrometheusRegistry registry() {
        return registry;
    }
}
