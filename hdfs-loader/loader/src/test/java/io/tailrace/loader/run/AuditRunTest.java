package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.audit.AuditRun;
import io.tailrace.loader.audit.HostAudit;
import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import io.tailrace.schemas.audit.CanonicalEncoder;
import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditRunTest {
    private static final TopicPartition COUNTS = new TopicPartition("tailrace-audit", 0);
    private static final TopicPartition PROGRESS = new TopicPartition("tailrace-audit-progress", 0);
    private static final long HOUR_MS = 3_600_000;
    private static final long START_MS = AccessLog.START.toEpochMilli();
    private static final Schema LINE = SchemaBuilder.record("Line")
            .fields()
            .requiredString("host")
            .requiredLong("byteOffset")
            .name("eventTime")
            .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .endRecord();

    private FakeCluster cluster = new FakeCluster();
    private FakeRegistry registry = new FakeRegistry();
    private TestLoader loader;
    private final FramedAvroEncoder encoder = new FramedAvroEncoder();
    private long sequence;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        cluster = new FakeCluster()
                .with(AccessLog.P0)
                .with(AccessLog.P1)
                .with(COUNTS)
                .with(PROGRESS);
        registry = new FakeRegistry();
        loader = new TestLoader(new Path(dir.toUri()), new Configuration(), cluster, registry);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private int id(String topic, Schema schema) {
        return registry.register(SchemaRegistryClient.valueSubject(topic), schema);
    }

    /** Sends lines of an hour, and returns their sum. */
    private ContentSum send(int lines, long hourMs) {
        int id = id(AccessLog.TOPIC, LINE);
        ContentSum sum = ContentSum.ZERO;
        for (int i = 0; i < lines; i++) {
            GenericRecord line = new GenericData.Record(LINE);
            line.put("host", "web1");
            line.put("byteOffset", i * 100L);
            line.put("eventTime", hourMs + i);
            cluster.append(i % 2 == 0 ? AccessLog.P0 : AccessLog.P1, hourMs + i, encoder.encode(id, line));
            sum = sum.plus(ContentHash.of(new CanonicalEncoder().encode(LINE, line)));
        }
        return sum;
    }

    private void report(ContentSum sum, long hourMs, long readUpToMs) {
        GenericRecord count = new GenericData.Record(Schemas.AUDIT_COUNT);
        count.put("host", "web1");
        count.put("agent", "a1");
        count.put("sequence", sequence++);
        count.put("topic", AccessLog.TOPIC);
        count.put("windowStart", hourMs);
        count.put("windowMs", 600_000L);
        count.put("count", sum.count());
        Schema fixed = Schemas.AUDIT_COUNT.getField("sum").schema().getTypes().get(1);
        count.put("sum", new GenericData.Fixed(fixed, sum.sumBytes()));
        count.put("rejected", 1L);
        cluster.append(COUNTS, hourMs, encoder.encode(id(COUNTS.topic(), Schemas.AUDIT_COUNT), count));
        GenericRecord progress = new GenericData.Record(Schemas.AUDIT_PROGRESS);
        progress.put("host", "web1");
        progress.put("agent", "a1");
        progress.put("topic", AccessLog.TOPIC);
        progress.put("readUpTo", readUpToMs);
        progress.put("nextSequence", sequence);
        progress.put("reportedTime", readUpToMs);
        progress.put("stopped", false);
        progress.put("behindBytes", 0L);
        progress.put("waitingFor", List.of());
        cluster.append(PROGRESS, 0, encoder.encode(id(PROGRESS.topic(), Schemas.AUDIT_PROGRESS), progress));
    }

    private List<HostAudit> audit(String... withoutHosts) throws IOException {
        AuditRun.Dependencies dependencies =
                new AuditRun.Dependencies(cluster.admin(), cluster::consumer, registry, loader.store, System::nanoTime);
        return new AuditRun(loader.root, dependencies)
                .run(
                        new AuditRun.AuditTopicNames(COUNTS.topic(), PROGRESS.topic()),
                        List.of(AccessLog.TOPIC),
                        hour -> true,
                        Set.of(withoutHosts));
    }

    @Test
    void anHourIsCompleteOnceItIsReadCountedAndLoaded() throws IOException {
        ContentSum sum = send(30, START_MS);
        report(sum, START_MS, START_MS + HOUR_MS / 2);
        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.WAITING);

        report(ContentSum.ZERO, START_MS, START_MS + HOUR_MS);
        assertThat(audit()).extracting(HostAudit::detail).containsExactly("the loader has 30 records to load");

        loader.load();

        assertThat(audit())
                .containsExactly(new HostAudit(
                        AccessLog.TOPIC, PathPartition.of(START_MS), "web1", 32, 30, 30, 2, Verdict.COMPLETE, ""));
    }

    @Test
    void aRecordThatNoAgentCountedIsExtra() throws IOException {
        send(30, START_MS);
        report(send(10, START_MS + HOUR_MS), START_MS + HOUR_MS, START_MS + 2 * HOUR_MS);
        loader.load();

        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.EXTRA, Verdict.COMPLETE);
    }

    @Test
    void doesNotWaitForAHostThatIsLeftOut() throws IOException {
        report(send(30, START_MS), START_MS, START_MS + HOUR_MS / 2);
        loader.load();

        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.WAITING);
        assertThat(audit("web1")).extracting(HostAudit::verdict).containsExactly(Verdict.COMPLETE);
    }

    @Test
    void namesARecordThatNoAgentWrote() {
        cluster.append(COUNTS, 0, "not framed".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(this::audit)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("record at offset 0 of tailrace-audit-0 is not what an agent writes there");
    }
}
