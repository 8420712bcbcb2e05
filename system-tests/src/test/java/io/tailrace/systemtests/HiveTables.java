package io.tailrace.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.systemtests.rotation.RowJudge;
import io.tailrace.systemtests.rotation.RowReader;
import io.tailrace.systemtests.rotation.TableReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A Hive with the tables of two topics, and the commands that load, audit and read them. */
final class HiveTables implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PATH_PARTITION = Pattern.compile("dt=([0-9-]+)/hr=([0-9]+)");
    /** So many that the answers of one command fit into the heap. */
    private static final int HOURS_IN_COMMAND = 3;

    private static final int NEEDS_ATTENTION = 3;

    private static final String LINES =
            "SELECT host, file, file_id, byte_offset, line FROM %s WHERE dt = '%s' AND hr = '%s'";
    private static final String DEAD_LETTERS =
            "SELECT host, file, file_id, byte_offset, line, base64(line_bytes) AS line_bytes FROM %s"
                    + " WHERE dt = '%s' AND hr = '%s'";

    private final Path folder;
    private final LocalCluster cluster;
    private final ServerProcess sandbox;
    private RowReader.@Nullable Topics topics;

    /**
     * What the audit says of an hour.
     *
     * @param hour such as 2026-11-30T10
     */
    record Hour(String hour, String verdict, String detail) {
        /** Exclusive. */
        Instant end() {
            return Instant.parse(hour + ":00:00Z").plus(Duration.ofHours(1));
        }

        boolean isComplete() {
            return verdict.equals("COMPLETE");
        }
    }

    private HiveTables(Path folder, LocalCluster cluster, ServerProcess sandbox) {
        this.folder = folder;
        this.cluster = cluster;
        this.sandbox = sandbox;
    }

    /** Starts Hive and its HDFS. They may not be ready yet when this returns. */
    static HiveTables start(Path folder, LocalCluster cluster) throws IOException {
        return new HiveTables(
                folder,
                cluster,
                ServerProcess.start(
                        folder.resolve("hive.log"),
                        Map.of("TAILRACE_HEAP", "768m"),
                        List.of(
                                "hive-sandbox",
                                "--dir",
                                folder.resolve("hive").toString(),
                                "--hdfs-port",
                                "0",
                                "--metastore-port",
                                "0",
                                "--hive-port",
                                "0")));
    }

    private String address(String name) {
        return sandbox.awaitOutput(Pattern.compile("^" + Pattern.quote(name) + "=(\\S+)\n", Pattern.MULTILINE))
                .group(1);
    }

    /** Waits until Hive is ready, and writes the loader's configuration. */
    void configure(RowReader.Topics loaded, String registryUrl) throws IOException {
        topics = loaded;
        Map<String, String> settings = Map.of(
                "bootstrap.servers", cluster.bootstrapServers(),
                "schema.registry.url", registryUrl,
                "zookeeper.connect", cluster.zooKeeperAddress(),
                "topics", loaded.lines() + "," + loaded.deadLetters(),
                "output.path", address("fs.defaultFS") + "/tailrace",
                "hive.metastore.uris", address("hive.metastore.uris"),
                "audit.topic", loaded.lines() + "-audit",
                "audit.progress.topic", loaded.lines() + "-progress",
                "hours.topic", loaded.lines() + "-hours");
        Files.writeString(
                configuration(),
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    private Path configuration() {
        return folder.resolve("loader.properties");
    }

    private RowReader.Topics topics() {
        return Objects.requireNonNull(topics, "not configured");
    }

    /** A loader that has not started, and that loads all the time. */
    KillableServer loader() {
        return new KillableServer(
                folder,
                "loader",
                Map.of("TAILRACE_HEAP", "320m"),
                List.of("load", "--config", configuration().toString(), "--every", "2s"));
    }

    /** Loads all that is left, and returns what the loader prints. */
    String load() throws IOException, InterruptedException {
        return Command.tailrace("load", "--config", configuration().toString()).requireSuccess();
    }

    /** Gives all rows of both tables to a judge. */
    void read(RowJudge judge) throws IOException, InterruptedException {
        TableReader reader = new TableReader(judge);
        read(topics().lines(), LINES, false, reader);
        read(topics().deadLetters(), DEAD_LETTERS, true, reader);
    }

    private void read(String topic, String query, boolean areDeadLetters, TableReader reader)
            throws IOException, InterruptedException {
        String table = topic.replace('-', '_');
        List<String> queries = new ArrayList<>();
        Matcher hours = PATH_PARTITION.matcher(hive(List.of("SHOW PARTITIONS " + table)));
        while (hours.find()) {
            queries.add(query.formatted(table, hours.group(1), hours.group(2)));
        }
        for (int from = 0; from < queries.size(); from += HOURS_IN_COMMAND) {
            String answers = hive(queries.subList(from, Math.min(queries.size(), from + HOURS_IN_COMMAND)));
            reader.read(table, areDeadLetters, new ByteArrayInputStream(answers.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private String hive(List<String> statements) throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of("hive", "--url", address("hive.jdbc.url"), "--output", "json"));
        statements.forEach(statement -> arguments.addAll(List.of("-e", statement)));
        return Command.run(
                        "",
                        Map.of("TAILRACE_HEAP", "1g", "TAILRACE_OPTS", Command.FAST_START),
                        Command.commandLine(arguments))
                .requireSuccess();
    }

    /** What {@code tailrace audit} says of each hour of the lines that ended before an instant. */
    List<Hour> audit(Instant end) throws IOException, InterruptedException {
        Command audit = Command.tailrace(
                "audit", "--config", configuration().toString(), "--topic", topics().lines(), "--output", "json");
        if (audit.exitCode() != NEEDS_ATTENTION) {
            audit.requireSuccess();
        }
        List<Hour> hours = new ArrayList<>();
        for (JsonNode hour : JSON.readTree(audit.out())) {
            hours.add(new Hour(
                    hour.path("hour").asText(),
                    hour.path("verdict").asText(),
                    hour.path("detail").asText()));
        }
        hours.removeIf(hour -> hour.end().isAfter(end));
        return hours;
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
