package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.audit.HostAudit;
import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditRunTest {
    private AuditedTopic topic;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        topic = new AuditedTopic(new Path(dir.toUri()));
    }

    @AfterEach
    void close() throws IOException {
        topic.close();
    }

    private List<HostAudit> audit(String... withoutHosts) throws IOException {
        return new AuditRun(topic.loader.root, topic.services())
                .run(AuditedTopic.NAMES, List.of(AccessLog.TOPIC), hour -> true, Set.of(withoutHosts));
    }

    @Test
    void anHourIsCompleteOnceItIsReadCountedAndLoaded() throws IOException {
        ContentSum sum = topic.send(30, AuditedTopic.START_MS);
        topic.report(sum, AuditedTopic.START_MS, AuditedTopic.START_MS + AuditedTopic.HOUR_MS / 2);
        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.WAITING);

        topic.report(ContentSum.ZERO, AuditedTopic.START_MS, AuditedTopic.START_MS + AuditedTopic.HOUR_MS);
        assertThat(audit()).extracting(HostAudit::detail).containsExactly("the loader has 30 offsets to load");

        topic.loader.load();

        assertThat(audit())
                .containsExactly(new HostAudit(
                        AccessLog.TOPIC,
                        PathPartition.of(AuditedTopic.START_MS),
                        "web1",
                        32,
                        30,
                        30,
                        2,
                        Verdict.COMPLETE,
                        ""));
    }

    @Test
    void anHourWaitsForTheTransactionOfItsLines() throws IOException {
        topic.cluster.beginTransaction(AccessLog.P0);
        topic.report(
                topic.send(30, AuditedTopic.START_MS),
                AuditedTopic.START_MS,
                AuditedTopic.START_MS + AuditedTopic.HOUR_MS);
        topic.loader.load();
        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.WAITING);
        assertThat(audit()).extracting(HostAudit::detail).containsExactly("the loader has 15 offsets to load");

        topic.cluster.endTransaction(AccessLog.P0);
        topic.loader.load();
        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.COMPLETE);
    }

    @Test
    void countsOfAnOpenTransactionAreNotRead() throws IOException {
        topic.cluster.beginTransaction(AuditedTopic.COUNTS);
        topic.report(
                topic.send(30, AuditedTopic.START_MS),
                AuditedTopic.START_MS,
                AuditedTopic.START_MS + AuditedTopic.HOUR_MS);
        topic.loader.load();
        assertThat(audit()).extracting(HostAudit::verdict).doesNotContain(Verdict.COMPLETE);

        topic.cluster.endTransaction(AuditedTopic.COUNTS);
        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.COMPLETE);
    }

    @Test
    void aRecordThatNoAgentCountedIsExtra() throws IOException {
        topic.send(30, AuditedTopic.START_MS);
        topic.report(
                topic.send(10, AuditedTopic.START_MS + AuditedTopic.HOUR_MS),
                AuditedTopic.START_MS + AuditedTopic.HOUR_MS,
                AuditedTopic.START_MS + 2 * AuditedTopic.HOUR_MS);
        topic.loader.load();

        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.EXTRA, Verdict.COMPLETE);
    }

    @Test
    void doesNotWaitForAHostThatIsLeftOut() throws IOException {
        topic.report(
                topic.send(30, AuditedTopic.START_MS),
                AuditedTopic.START_MS,
                AuditedTopic.START_MS + AuditedTopic.HOUR_MS / 2);
        topic.loader.load();

        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.WAITING);
        assertThat(audit("web1")).extracting(HostAudit::verdict).containsExactly(Verdict.COMPLETE);
    }

    @Test
    void namesARecordThatNoAgentWrote() {
        topic.cluster.append(AuditedTopic.COUNTS, 0, "not framed".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(this::audit)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("record at offset 0 of tailrace-audit-0 is not what an agent writes there");
    }

    @Test
    void hoursWhoseCountsRetentionHasDeletedAreUnaudited() throws IOException {
        topic.report(
                topic.send(30, AuditedTopic.START_MS),
                AuditedTopic.START_MS,
                AuditedTopic.START_MS + AuditedTopic.HOUR_MS);
        long next = AuditedTopic.START_MS + AuditedTopic.HOUR_MS;
        topic.report(topic.send(10, next), next, next + AuditedTopic.HOUR_MS);
        topic.loader.load();

        topic.cluster.retainFrom(AuditedTopic.COUNTS, 1);

        assertThat(audit()).extracting(HostAudit::verdict).containsExactly(Verdict.UNAUDITED, Verdict.COMPLETE);
        assertThat(audit().get(0).detail())
                .isEqualTo("agents' counts from before 2015-05-17T12:00:00Z are deleted from the audit topic");

        topic.cluster.retainFrom(AuditedTopic.COUNTS, 2);

        assertThat(audit())
                .as("all counts are deleted")
                .extracting(HostAudit::verdict)
                .containsOnly(Verdict.UNAUDITED);
    }
}
