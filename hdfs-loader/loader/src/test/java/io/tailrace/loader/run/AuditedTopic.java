package io.tailrace.loader.run;

import io.tailrace.loader.audit.AuditServices;
import io.tailrace.loader.audit.AuditTopicNames;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A loader of a topic, and an agent on host web1 that sends lines to it and reports them. */
final class AuditedTopic implements AutoCloseable {
    static final TopicPartition COUNTS = new TopicPartition("tailrace-audit", 0);
    static final TopicPartition PROGRESS = new TopicPartition("tailrace-audit-progress", 0);
    static final AuditTopicNames NAMES = new AuditTopicNames(COUNTS.topic(), PROGRESS.topic());
    static final long HOUR_MS = 3_600_000;
    static final long START_MS = AccessLog.START.toEpochMilli();

    final FakeCluster cluster =
            new FakeCluster().with(AccessLog.P0).with(AccessLog.P1).with(COUNTS).with(PROGRESS);
    final FakeRegistry registry = new FakeRegistry();
    final TestLoader loader;

    /** Measures how long reading the agents' reports takes. */
    LongSupplier nanoTime = System::nanoTime;

    private final AgentRecords agent = new AgentRecords(registry);

    AuditedTopic(Path root) throws IOException {
        loader = new TestLoader(root, new Configuration(), cluster, registry);
    }

    /** Sends lines of an hour, and returns their sum. */
    ContentSum send(int lines, long hourMs) {
        ContentSum sum = ContentSum.ZERO;
        for (int i = 0; i < lines; i++) {
            AgentRecords.Line line = agent.line(i * 100L, hourMs + i);
            cluster.append(i % 2 == 0 ? AccessLog.P0 : AccessLog.P1, hourMs + i, line.value());
            sum = sum.plus(line.hash());
        }
        return sum;
    }

    /** Reports lines of an hour, and up to which event time all are sent. */
    void report(ContentSum sum, long hourMs, long readUpToMs) {
        cluster.append(COUNTS, readUpToMs, agent.count(sum, hourMs));
        readUpTo("web1", readUpToMs);
    }

    /** Says for an agent of a host that it has sent everything up to an event time. */
    void readUpTo(String host, long readUpToMs) {
        cluster.append(PROGRESS, 0, agent.readUpTo(host, readUpToMs));
    }

    AuditServices services() {
        return new AuditServices(
                cluster.admin(),
                cluster::consumer,
                registry,
                loader.store,
                () -> nanoTime.getAsLong(),
                InstantSource.fixed(TestLoader.NOW));
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
