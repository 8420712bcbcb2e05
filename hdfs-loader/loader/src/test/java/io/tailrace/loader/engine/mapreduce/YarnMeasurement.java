package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.LoadCommand;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.mapreduce.Counters;
import org.apache.hadoop.mapreduce.JobCounter;
import org.apache.hadoop.mapreduce.TaskCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures how the time of a load changes with the number of containers that run at once. Each load has a map for each
 * partition: one with hardly any records shows what containers cost, one with many what loading costs. Run it with
 * {@code scripts/dev measure yarn}.
 */
class YarnMeasurement {
    private static final int RECORDS = Integer.getInteger("records", 800_000);
    private static final int PARTITIONS = 8;
    private static final Pattern APPLICATION = Pattern.compile("application_(\\d+_\\d+)");
    private static final String COLUMNS =
            "containers,maps,records,value_mb,wall_ms,maps_wall_ms,maps_cpu_ms,load_average";

    private final List<String> rows = new ArrayList<>(List.of(COLUMNS));

    @Test
    void measure(@TempDir Path dir) throws Exception {
        try (YarnLoads loads = new YarnLoads(dir)) {
            // Uploads the libraries.
            loads.produce("first", 1, 1);
            load(loads, "first", 1, 1);
            for (int containers : new int[] {1, 2, 4, 8}) {
                for (int records : new int[] {PARTITIONS, RECORDS}) {
                    String topic = "measured-" + containers + "-" + records;
                    loads.produce(topic, PARTITIONS, records);
                    load(loads, topic, records, containers);
                }
            }
        }
        Files.write(Path.of("..", "..", "docs", "measurements", "yarn.csv"), rows);
    }

    private void load(YarnLoads loads, String topic, int records, int containers) throws Exception {
        long startNanos = System.nanoTime();
        Process load = loads.start(
                topic,
                loads.yarn.confDir(),
                List.of(LoadCommand.class.getName()),
                "mapreduce.containers.max=" + containers);
        assertThat(YarnLoads.waitFor(load)).as(loads.log(topic)).isZero();
        long wallMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        Counters counters = loads.yarn.counters(jobOf(loads.log(topic)));
        assertThat(counters.findCounter(LoadMapper.COUNTERS, "records").getValue())
                .isEqualTo(records);
        String row = String.format(
                Locale.ROOT,
                "%d,%d,%d,%.1f,%d,%d,%d,%.1f",
                containers,
                counters.findCounter(JobCounter.TOTAL_LAUNCHED_MAPS).getValue(),
                records,
                counters.findCounter(LoadMapper.COUNTERS, "value bytes").getValue() / 1e6,
                wallMs,
                counters.findCounter(JobCounter.MILLIS_MAPS).getValue(),
                counters.findCounter(TaskCounter.CPU_MILLISECONDS).getValue(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        rows.add(row);
        System.out.println("yarn: " + row);
    }

    private static String jobOf(String log) throws IOException {
        Matcher application = APPLICATION.matcher(log);
        if (!application.find()) {
            throw new IOException("expected the id of an application in the load's log, found: " + log);
        }
        return "job_" + application.group(1);
    }
}
