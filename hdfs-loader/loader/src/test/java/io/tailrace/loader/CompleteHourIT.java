package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.NewTopic;
import io.tailrace.client.OffsetReset;
import io.tailrace.client.ProducerRecord;
import io.tailrace.loader.run.AccessLog;
import io.tailrace.loader.run.AgentRecords;
import io.tailrace.loader.run.RowFiles;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Marks and records of complete hours, with a real ZooKeeper, broker and registry. */
class CompleteHourIT {
    private static final TopicPartition HOURS = new TopicPartition("tailrace-hours", 0);
    private static final long START_MS = AccessLog.START.toEpochMilli();
    private static final long END_MS = START_MS + 3_600_000;
    private static final String HOUR = "2015-05-17T10";

    @Test
    void anHourIsMarkedByLoadsAndReloadsAndALateRecordTakesTheMarkBack(@TempDir Path dir) throws Exception {
        try (RunningCluster cluster = new RunningCluster(dir);
                Admin admin = Admin.create(ClientConfig.of(cluster.brokers()))) {
            admin.createTopic(new NewTopic(AccessLog.TOPIC, OptionalInt.of(1), OptionalInt.of(1), Map.of()));
            AgentRecords agent = new AgentRecords(cluster.registry());
            Path mark = cluster.output().resolve("access-log/dt=2015-05-17/hr=10/_COMPLETE");
            ContentSum sum = send(cluster, agent, 30);
            report(cluster, agent, sum, END_MS - 1);
            load(cluster);

            RunningCluster.Printed waiting =
                    cluster.run(new WaitForHourCommand(), AccessLog.TOPIC, HOUR, "--timeout", "1s");
            assertThat(waiting.exitCode()).isEqualTo(3);
            assertThat(waiting.err()).contains("host web1: WAITING, agent a1 has read up to 2015-05-17T10:59:59.999Z");
            assertThat(mark).doesNotExist();

            report(cluster, agent, ContentSum.ZERO, END_MS);
            load(cluster);

            assertThat(Files.readString(mark)).contains("\"complete\":true,\"rows\":30,\"sum\":\"" + sum);
            assertThat(cluster.run(new WaitForHourCommand(), AccessLog.TOPIC, HOUR))
                    .isEqualTo(new RunningCluster.Printed(
                            0, "topic access-log, hour 2015-05-17T10 is complete: 30 rows\n", ""));

            ContentSum late = send(cluster, agent, 1);
            load(cluster);
            assertThat(mark).doesNotExist();

            report(cluster, agent, late, END_MS);
            RunningCluster.Printed reloaded =
                    cluster.run(new ReloadCommand(), "--topic", AccessLog.TOPIC, "--from-hour", HOUR);
            assertThat(reloaded.exitCode()).as(reloaded.err()).isZero();
            assertThat(Files.readString(mark)).contains("\"rows\":31,");
            RunningCluster.Printed status = cluster.run(new LoadCommand(), "--status", "--output", "json");
            assertThat(status.out())
                    .contains(
                            "\"offsets\":\"0:31\",\"lag\":0,\"hours\":1,\"complete\":1,\"rows\":31,\"errors\":0,\"files\":1,");
            RunningCluster.Printed files = cluster.run(new LoadCommand(), "--status", "--files");
            assertThat(files.out()).contains("_generations", "dt=2015-05-17/hr=10", ".parquet");
            List<String> records = records(cluster, 3);
            assertThat(records.get(0)).contains("access-log/2015-05-17T10", "\"complete\":true,\"rows\":30");
            assertThat(records.get(1)).contains("access-log/2015-05-17T10", "\"complete\":false,\"rows\":31", "EXTRA");
            assertThat(records.get(2)).contains("access-log/2015-05-17T10", "\"complete\":true,\"rows\":31");
            anAuditThatVerifiesFindsAChangedRow(cluster);
        }
    }

    private static void anAuditThatVerifiesFindsAChangedRow(RunningCluster cluster) throws IOException {
        String[] verify = {"--verify", "--topic", AccessLog.TOPIC, "--hour", HOUR, "--output", "json"};
        RunningCluster.Printed clean = cluster.run(new AuditCommand(), verify);
        assertThat(clean.exitCode()).as(clean.err()).isZero();
        assertThat(clean.out()).contains("\"hour\":\"" + HOUR + "\"", "\"loaded\":31,", "\"verdict\":\"COMPLETE\"");

        Path file = onlyFile(cluster.output().resolve("access-log/_generations"));
        List<GenericRecord> rows = RowFiles.rows(file);
        rows.get(7).put("byte_offset", 1L);
        RowFiles.rewrite(file, rows, RowFiles.footer(file));

        assertThat(cluster.run(new AuditCommand(), "--output", "json").out())
                .as("by the sums beside the rows")
                .contains("\"verdict\":\"COMPLETE\"");
        RunningCluster.Printed changed = cluster.run(new AuditCommand(), verify);
        assertThat(changed.exitCode()).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(changed.out())
                .contains(
                        "\"loaded\":31,",
                        "\"verdict\":\"ALTERED\"",
                        file.getFileName().toString());
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(".parquet")).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    private static ContentSum send(RunningCluster cluster, AgentRecords agent, int lines) {
        List<ProducerRecord> records = new ArrayList<>();
        ContentSum sum = ContentSum.ZERO;
        for (int i = 0; i < lines; i++) {
            AgentRecords.Line line = agent.line(i * 100L, START_MS + i);
            records.add(ProducerRecord.of(AccessLog.TOPIC, null, line.value()));
            sum = sum.plus(line.hash());
        }
        cluster.produce(records);
        return sum;
    }

    private static void report(RunningCluster cluster, AgentRecords agent, ContentSum sum, long readUpToMs) {
        cluster.produce(List.of(ProducerRecord.of("tailrace-audit", null, agent.count(sum, START_MS))));
        cluster.produce(
                List.of(ProducerRecord.of("tailrace-audit-progress", null, agent.readUpTo("web1", readUpToMs))));
    }

    private static void load(RunningCluster cluster) {
        RunningCluster.Printed printed = cluster.run(new LoadCommand());
        assertThat(printed.exitCode()).as(printed.err()).isZero();
    }

    private static List<String> records(RunningCluster cluster, int count) {
        List<String> records = new ArrayList<>();
        try (Consumer consumer = Consumer.create(ConsumerConfig.builder(cluster.brokers())
                .offsetReset(OffsetReset.NONE)
                .build())) {
            consumer.assign(Set.of(HOURS));
            consumer.seek(HOURS, 0);
            while (records.size() < count) {
                for (ConsumerRecord record : consumer.poll(Duration.ofSeconds(30))) {
                    records.add(text(record.key()) + " " + text(record.value()));
                }
            }
        }
        return records;
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
