package io.tailrace.replication.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final TopicPartition WEB = new TopicPartition("web", 0);
    private static final TopicPartition OTHER = new TopicPartition("web", 1);

    private final History<String> history = new History<>();

    private void acknowledged(String producer, String value, long offset) {
        history.sending(producer, WEB, value);
        history.acknowledged(value, OptionalLong.of(offset));
    }

    /** The values of the log at the end, from offset 0 on. */
    private void log(String... values) {
        List<Entry<String>> entries = new ArrayList<>();
        for (String value : values) {
            entries.add(new Entry<>(entries.size(), value));
        }
        history.atEnd(WEB, entries);
    }

    private void assertOnly(Anomaly anomaly, String... details) {
        Verdict verdict = history.judge();
        assertThat(verdict.violations()).extracting(Violation::anomaly).containsOnly(anomaly);
        assertThat(verdict.violations()).extracting(Violation::detail).containsExactlyInAnyOrder(details);
        assertThat(verdict.isClean()).isFalse();
        assertThat(verdict.tolerating(Set.of(anomaly)).isClean()).isTrue();
    }

    @Test
    void everyAcknowledgedRecordOnceAndInOrderIsClean() {
        acknowledged("p", "a", 0);
        acknowledged("q", "x", 1);
        acknowledged("p", "b", 2);
        history.read("live", WEB, 1, "x");
        history.read("live", WEB, 2, "b");
        log("a", "x", "b");

        assertThat(history.judge()).isEqualTo(new Verdict(3, 3, 3, List.of()));
        assertThat(history.judge()).hasToString("3 sent, 3 acknowledged, 3 kept, 0 violations");
    }

    @Test
    void unansweredSendMayBeThereOrNot() {
        history.sending("p", WEB, "there");
        history.sending("p", WEB, "not there");
        acknowledged("p", "after", 1);
        log("there", "after");

        assertThat(history.judge()).isEqualTo(new Verdict(3, 1, 2, List.of()));
    }

    @Test
    void acknowledgedRecordThatIsGoneIsLost() {
        acknowledged("p", "a", 0);
        acknowledged("p", "b", 1);
        history.sending("p", WEB, "c");
        history.acknowledged("c", OptionalLong.empty());
        log("a");

        assertOnly(Anomaly.LOST, "b was acknowledged at 1 and is gone", "c was acknowledged and is gone");
    }

    @Test
    void recordThatWasReadAndIsGoneIsLostThoughNobodyAcknowledgedIt() {
        acknowledged("p", "a", 0);
        history.sending("p", WEB, "b");
        history.read("live", WEB, 0, "a");
        history.read("live", WEB, 1, "b");
        log("a");

        assertOnly(Anomaly.LOST, "live got b at 1, and it is gone");
    }

    @Test
    void recordThatAReaderPassedOverIsLostToIt() {
        acknowledged("p", "a", 0);
        acknowledged("p", "b", 1);
        acknowledged("p", "c", 2);
        acknowledged("p", "d", 3);
        history.read("live", WEB, 1, "b");
        history.read("live", WEB, 3, "d");
        log("a", "b", "c", "d");

        assertOnly(Anomaly.LOST, "live passed over c at 2");
    }

    @Test
    void oneSendAtTwoOffsetsIsDuplicated() {
        acknowledged("p", "a", 2);
        acknowledged("p", "b", 1);
        log("a", "b", "a");

        assertOnly(Anomaly.DUPLICATED, "a stands at [0, 2]");
    }

    @Test
    void recordsOfOneProducerThatStandInAnotherOrderAreReordered() {
        acknowledged("p", "a", 1);
        acknowledged("p", "b", 0);
        acknowledged("p", "c", 2);
        log("b", "a", "c");

        assertOnly(Anomaly.REORDERED, "a by p stands at 1, behind b, which was sent later");
    }

    @Test
    void recordsOfTwoProducersHaveNoOrder() {
        acknowledged("p", "a", 1);
        acknowledged("q", "b", 0);
        log("b", "a");

        assertThat(history.judge().isClean()).isTrue();
    }

    @Test
    void readerWhoseOffsetsGoBackIsGivenRecordsReordered() {
        acknowledged("p", "a", 0);
        acknowledged("p", "b", 1);
        history.read("live", WEB, 1, "b");
        history.read("live", WEB, 0, "a");
        log("a", "b");

        assertOnly(Anomaly.REORDERED, "live gave offset 0 after 1");
    }

    @Test
    void recordThatNobodySentToThatPartitionIsAPhantom() {
        acknowledged("p", "a", 0);
        history.sending("p", OTHER, "elsewhere");
        history.atEnd(OTHER, List.of());
        log("a", "elsewhere");

        assertOnly(Anomaly.PHANTOM, "the log at the end has elsewhere at 1, which was never sent here");
    }

    @Test
    void acknowledgementForAnotherOffsetIsInconsistent() {
        acknowledged("p", "a", 0);
        acknowledged("p", "b", 7);
        log("a", "b");

        assertOnly(Anomaly.INCONSISTENT_OFFSET, "b was acknowledged at 7, stands at [1]");
    }

    @Test
    void readsThatDisagreeOnAnOffsetAreInconsistent() {
        history.sending("p", WEB, "a");
        history.sending("q", WEB, "b");
        history.read("live", WEB, 0, "b");
        history.read("late", WEB, 5, "b");
        log("a", "b");

        assertOnly(
                Anomaly.INCONSISTENT_OFFSET,
                "live got b at 0, where a stands at the end",
                "late got b at 5, it stands at [1]");
    }

    @Test
    void reportShowsAFewOfEachKindAndCountsTheRest() {
        for (int i = 0; i < 8; i++) {
            acknowledged("p", "v" + i, i);
        }
        log();

        assertThat(history.judge().toString())
                .startsWith("8 sent, 8 acknowledged, 0 kept, 8 violations\n  LOST in web-0: v")
                .endsWith("\n  LOST: 3 more")
                .hasLineCount(7);
    }

    @Test
    void historyThatCannotBeJudgedIsRefused() {
        history.sending("p", WEB, "a");

        assertThatThrownBy(history::judge).hasMessageContaining("what web-0 holds at the end");
        assertThatThrownBy(() -> history.sending("q", OTHER, "a")).hasMessageContaining("a was sent before");
        assertThatThrownBy(() -> history.acknowledged("b", OptionalLong.empty()))
                .hasMessageContaining("b was acknowledged, but never sent");
    }
}
