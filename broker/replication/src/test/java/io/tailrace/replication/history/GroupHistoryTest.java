package io.tailrace.replication.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupHistoryTest {
    private static final TopicPartition WEB = new TopicPartition("web", 0);
    private static final TopicPartition APP = new TopicPartition("app", 0);

    private final GroupHistory history = new GroupHistory("readers");

    @Test
    void recordsThatAreReadAgainInAnotherGenerationAreNoAnomaly() {
        history.delivered("first", 1, WEB, 0);
        history.delivered("first", 1, WEB, 1);
        history.delivered("second", 2, WEB, 1);
        history.delivered("second", 1, APP, 0);

        assertThat(anomalies(Map.of(WEB, List.of(0L, 1L), APP, List.of(0L)))).isEmpty();
        assertThat(history.generations()).isEqualTo(2);
    }

    @Test
    void aRecordThatNoMemberWasGivenIsUnread() {
        history.delivered("first", 1, WEB, 0);
        history.delivered("first", 1, WEB, 2);

        assertThat(anomalies(Map.of(WEB, List.of(0L, 1L, 2L)))).containsExactly(Anomaly.UNREAD);
    }

    @Test
    void aPartitionHasOneMemberInAGeneration() {
        history.delivered("first", 3, WEB, 0);
        history.delivered("second", 3, WEB, 1);

        assertThat(anomalies(Map.of())).containsExactly(Anomaly.SHARED);
    }

    @Test
    void aRecordOfAnUnknownGenerationIsReadButHasNoOwner() {
        history.delivered("first", 3, WEB, 0);
        history.delivered("second", -1, WEB, 1);

        assertThat(anomalies(Map.of(WEB, List.of(0L, 1L)))).isEmpty();
    }

    @Test
    void aCommittedOffsetThatFallsOrDisappearsIsRewound() {
        history.committed("log", WEB, 5);
        history.committed("log", WEB, 5);
        history.committed("fetch", WEB, 4);
        history.committed("log", APP, 1);
        assertThat(anomalies(Map.of())).isEmpty();

        history.committed("log", WEB, 4);
        history.committed("log", APP, -1);

        assertThat(anomalies(Map.of())).containsExactly(Anomaly.REWOUND, Anomaly.REWOUND);
    }

    private List<Anomaly> anomalies(Map<TopicPartition, List<Long>> atEnd) {
        return history.judge(atEnd).stream().map(Violation::anomaly).toList();
    }
}
