package io.tailrace.replication.history.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.Verdict;
import io.tailrace.replication.history.Violation;
import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;
import io.tailrace.replication.history.transactions.TransactionHistory.WriteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientHistoryTest {
    private static final TopicPartition WEB = new TopicPartition("web", 0);
    private static final TopicPartition APP = new TopicPartition("app", 0);
    /** As many as a run of hours has. */
    private static final int OPERATIONS = 1_000_000;

    private final TransactionHistory<String> history = new TransactionHistory<>();

    @Test
    void commitWithoutAnAnswerIsWholeOrNotThere() {
        Transaction<String> there = history.begin("a");
        there.send(WEB, "a1").acknowledged(0);
        there.send(APP, "a2").acknowledged(0);
        there.committing();
        Transaction<String> notThere = history.begin("b");
        notThere.send(WEB, "b1").acknowledged(2);
        notThere.committing();
        end(WEB, "a1");
        end(APP, "a2");

        assertThat(history.judge(WriteOrder.INTERLEAVED)).isEqualTo(new Verdict(3, 3, 2, List.of()));
    }

    @Test
    void commitWithoutAnAnswerThatIsThereInPartIsReportedWithBothRecords() {
        Transaction<String> torn = history.begin("a");
        torn.send(WEB, "a1").acknowledged(0);
        torn.send(APP, "a2").acknowledged(0);
        torn.committing();
        end(WEB, "a1");
        end(APP);

        assertFinds(
                "G1B in app-0: the end has a1 in web-0 at 0 and not a2 in app-0 at 0, both of which transaction 1 of a sent");
    }

    @Test
    void recordOfATransactionThatNobodyAskedToCommitIsAnAbortedRead() {
        Transaction<String> fenced = history.begin("a");
        fenced.send(WEB, "a1").acknowledged(0);
        history.poll(history.reader("r", Isolation.COMMITTED)).got(WEB, List.of(new Entry<>(0, "a1")));
        history.poll(history.reader("u", Isolation.UNCOMMITTED)).got(WEB, List.of(new Entry<>(0, "a1")));
        end(WEB);

        assertFinds(
                "G1A in web-0: poll 1 of r has a1 in web-0 at 0, whose transaction 1 of a was never asked to commit");
    }

    @Test
    void sendWithoutAnAnswerMayHaveHappenedAtAnyTimeSinceItBegan() {
        history.send("a", WEB, "late");
        history.send("b", WEB, "b1").acknowledged(0);
        history.endOffset("c", WEB, Isolation.UNCOMMITTED).is(1);
        history.endOffset("c", WEB, Isolation.UNCOMMITTED).is(2);
        end(WEB, "b1", "late");

        assertThat(history.judge(WriteOrder.SERIAL).violations()).isEmpty();
    }

    @Test
    void endOffsetThatFallsIsReportedWithBothQuestions() {
        history.send("a", WEB, "a1");
        history.endOffset("c", WEB, Isolation.UNCOMMITTED).is(1);
        history.endOffset("d", WEB, Isolation.UNCOMMITTED).is(0);
        end(WEB, "a1");

        assertFinds(
                "END_OFFSET_NOT_LINEARIZABLE in web-0: end offset 0 that d asked for comes before end offset 1 that c asked"
                        + " for, but began after the answer of that one");
    }

    @Test
    void transactionsThatReadEachOtherAreReportedWithWhatTheyRead() {
        Transaction<String> one = history.begin("a");
        Transaction<String> other = history.begin("b");
        one.send(WEB, "a1").acknowledged(0);
        other.send(APP, "b1").acknowledged(0);
        one.committing();
        other.committing();
        one.poll(history.reader("a", Isolation.COMMITTED)).got(APP, List.of(new Entry<>(0, "b1")));
        other.poll(history.reader("b", Isolation.COMMITTED)).got(WEB, List.of(new Entry<>(0, "a1")));
        one.committed();
        other.committed();
        end(WEB, "a1");
        end(APP, "b1");

        assertFinds(
                "G1C in web-0: transaction 1 of b read a1 in web-0 at 0, which transaction 1 of a sent; transaction 1 of a read"
                        + " b1 in app-0 at 0, which transaction 1 of b sent");
    }

    @Test
    void interleavedTransactionsAreAWriteCycleOnlyIfTheyMustBeSerial() {
        Transaction<String> one = history.begin("a");
        Transaction<String> other = history.begin("b");
        one.send(WEB, "a1").acknowledged(0);
        other.send(WEB, "b1").acknowledged(1);
        other.send(APP, "b2").acknowledged(0);
        one.send(APP, "a2").acknowledged(1);
        List.of(one, other).forEach(Transaction::committing);
        List.of(one, other).forEach(Transaction::committed);
        end(WEB, "a1", "b1");
        end(APP, "b2", "a2");

        assertThat(history.judge(WriteOrder.INTERLEAVED).violations()).isEmpty();
        assertThat(history.judge(WriteOrder.SERIAL).violations())
                .extracting(Violation::anomaly)
                .containsExactly(Anomaly.G0);
    }

    @Test
    void historyThatCannotBeJudgedIsRefused() {
        Transaction<String> begun = history.begin("a");
        begun.send(WEB, "a1");

        assertThatThrownBy(() -> history.judge(WriteOrder.SERIAL)).hasMessageContaining("what web-0 holds at the end");
        assertThatThrownBy(() -> begun.send(APP, "a1")).hasMessageContaining("a1 was sent before");
        assertThatThrownBy(begun::committed).hasMessageContaining("transaction 1 of a is committed, but nobody asked");
        begun.aborted();
        assertThatThrownBy(begun::aborted).hasMessageContaining("transaction 1 of a is ABORTED already");
    }

    @Test
    void aMillionOperationsAreJudgedInTheHeapOfATest() {
        TransactionHistory<Integer> large = new TransactionHistory<>();
        Reader reader = large.reader("reader", Isolation.COMMITTED);
        List<Entry<Integer>> log = new ArrayList<>();
        for (int operations = 0; operations < OPERATIONS; operations += 5) {
            int end = log.size();
            Transaction<Integer> transaction = large.begin("writer " + operations % 7);
            for (int value = end; value < end + 4; value++) {
                transaction.send(WEB, value).acknowledged(value);
                log.add(new Entry<>(value, value));
            }
            transaction.committing();
            transaction.committed();
            large.poll(reader).got(WEB, log.subList(end, end + 4));
        }
        large.atEnd(WEB, 0, log);

        assertThat(large.judge(WriteOrder.SERIAL))
                .isEqualTo(new Verdict(log.size(), log.size(), log.size(), List.of()));
    }

    private void assertFinds(String violation) {
        assertThat(history.judge(WriteOrder.INTERLEAVED).violations())
                .extracting(Violation::toString)
                .containsExactly(violation);
    }

    /** The values of the log at the end, from offset 0 on. */
    private void end(TopicPartition partition, String... values) {
        List<String> log = Arrays.asList(values);
        history.atEnd(
                partition,
                0,
                log.stream()
                        .map(value -> new Entry<>(log.indexOf(value), value))
                        .toList());
    }
}
