package io.tailrace.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AuditLedgerTest {
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {1, 2};

    @Test
    void linesAreSummedByTopicAndWindow() {
        AuditLedger ledger = new AuditLedger(AuditLedger.State.NEW, 3);
        Tallies lines = new Tallies();
        lines.add("t", 0, ONE, 0, 1);
        lines.add("t", 599_999, TWO, 0, 2);
        lines.add("t", 600_000, ONE, 0, 1);
        lines.add("s", 0, TWO, 0, 2);
        lines.addRejected("s", 1);
        lines.addRejected("s", 600_001);
        assertThat(lines.latestEventMs("t")).isEqualTo(600_000);
        ledger.add(lines);
        ledger.seal();

        assertThat(ledger.sealed())
                .containsExactly(
                        sealed(0, "s", 0, sum(TWO), 1),
                        sealed(1, "s", 600_000, ContentSum.ZERO, 1),
                        sealed(2, "t", 0, sum(ONE).plus(sum(TWO)), 0),
                        sealed(3, "t", 600_000, sum(ONE), 0));
        assertThat(ledger.nextSequence()).isEqualTo(4);
        assertThatIllegalStateException().isThrownBy(ledger::seal);
    }

    private static ContentSum sum(byte[] record) {
        return ContentSum.ZERO.plus(ContentHash.of(record));
    }

    private static AuditLedger.Sealed sealed(long sequence, String topic, long startMs, ContentSum sum, long rejected) {
        return new AuditLedger.Sealed(sequence, topic, startMs, sum.count(), sum, rejected);
    }

    @Test
    void sumsDoNotDependOnOrderSealsAndRestarts() {
        Random random = new Random(5);
        AuditLedger ledger = new AuditLedger(AuditLedger.State.NEW, 3);
        Tallies lines = new Tallies();
        Map<List<Object>, ContentSum> expected = new HashMap<>();
        Map<List<Object>, ContentSum> counted = new HashMap<>();
        for (int line = 0; line < 10_000; line++) {
            String topic = "topic" + random.nextInt(3);
            long timeMs = random.nextLong(5 * AuditLedger.WINDOW_MS);
            byte[] record = new byte[20];
            random.nextBytes(record);
            lines.add(topic, timeMs, record, 0, record.length);
            if (random.nextInt(10) == 0 || line == 9_999) {
                ledger.add(lines);
                lines = new Tallies();
            }
            long startMs = timeMs - timeMs % AuditLedger.WINDOW_MS;
            expected.merge(List.of(topic, startMs), sum(record), ContentSum::plus);
            if (random.nextInt(100) == 0) {
                ledger = new AuditLedger(ledger.state(), 3);
            }
            if (random.nextInt(1_000) == 0 || line == 9_999) {
                ledger.seal();
                ledger = new AuditLedger(ledger.state(), 3);
                ledger.sealed()
                        .forEach(count -> counted.merge(
                                List.of(count.topic(), count.windowStartMs()),
                                Objects.requireNonNull(count.sum()),
                                ContentSum::plus));
                ledger.acknowledge();
            }
        }
        assertThat(counted).isEqualTo(expected);
        assertThat(ledger.hasOpen()).isFalse();
    }
}
