package io.tailrace.server.monitor;

import io.tailrace.log.LogDirectory;
import io.tailrace.metrics.Metrics;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.cluster.LogDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Log directories, the logs in them, and the process's reads and writes of disks. */
final class StorageMetrics {
    private static final List<String> DIRECTORY = List.of("directory");
    private static final List<String> PARTITION = List.of("topic", "partition");
    private static final Path PROCESS_IO = Path.of("/proc/self/io");

    private final LogDirectories directories;
    private final int logsMax;

    StorageMetrics(LogDirectories directories, int logsMax) {
        this.directories = directories;
        this.logsMax = logsMax;
    }

    void register(Metrics metrics) {
        metrics.gauges("kafka_log_log_size", "Bytes of a log's segments on this broker.", PARTITION, this::addSizes);
        metrics.gauge(
                "kafka_log_logmanager_offlinelogdirectorycount",
                "Log directories that have failed.",
                () -> (double) directories.all().stream()
                        .filter(LogDirectory::isOffline)
                        .count());
        metrics.gauges(
                "tailrace_log_directory_online",
                "1 unless the log directory has failed.",
                DIRECTORY,
                samples -> perDirectory(samples, directory -> directory.isOffline() ? 0 : 1));
        metrics.gauges(
                "tailrace_log_directory_usable_bytes",
                "Free space of the log directory's disk.",
                DIRECTORY,
                samples -> perDirectory(
                        samples, directory -> directory.path().toFile().getUsableSpace()));
        metrics.gauges(
                "tailrace_log_directory_damages",
                "How often damaged records or files were met in the log directory's logs since the start.",
                DIRECTORY,
                samples -> perDirectory(samples, LogDirectory::damageCount));
        metrics.gauges(
                "tailrace_log_directory_arriving_replicas",
                "Replicas that move to the log directory.",
                DIRECTORY,
                samples -> perDirectory(
                        samples, directory -> directories.arriving(directory).replicas()));
        metrics.gauges(
                "tailrace_log_directory_arriving_bytes_left",
                "Bytes of the replicas that move to the log directory and are not copied yet.",
                DIRECTORY,
                samples -> perDirectory(
                        samples, directory -> directories.arriving(directory).bytesLeft()));
        if (Files.isReadable(PROCESS_IO)) {
            metrics.gauge(
                    "kafka_server_kafkaserver_linux_disk_read_bytes",
                    "Bytes that this process has read from disks.",
                    () -> processIo("read_bytes: "));
            metrics.gauge(
                    "kafka_server_kafkaserver_linux_disk_write_bytes",
                    "Bytes that this process has written to disks.",
                    () -> processIo("write_bytes: "));
        }
    }

    /** A partition that moves between directories has a log in each. */
    private void addSizes(Metrics.Samples samples) {
        SortedMap<TopicPartition, Long> sizes = new TreeMap<>();
        directories.all().stream()
                .filter(directory -> !directory.isOffline())
                .flatMap(directory -> directory.logs().stream())
                .forEach(log -> sizes.merge(log.partition(), log.sizeInBytes(), Long::sum));
        sizes.entrySet().stream().limit(logsMax).forEach(entry -> {
            TopicPartition partition = entry.getKey();
            samples.add((double) entry.getValue(), partition.topic(), String.valueOf(partition.partition()));
        });
    }

    private void perDirectory(Metrics.Samples samples, ToLongFunction<LogDirectory> value) {
        directories
                .all()
                .forEach(directory -> samples.add(
                        value.applyAsLong(directory), directory.path().toString()));
    }

    private static double processIo(String field) {
        try {
            return (double) Files.readAllLines(PROCESS_IO).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.substring(field.length())))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
