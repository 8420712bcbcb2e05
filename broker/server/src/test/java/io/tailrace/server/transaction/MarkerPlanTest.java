package io.tailrace.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.transactions.OwedMarker;
import io.tailrace.transactions.ProducerIdentity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MarkerPlanTest {
    private static final int SHARD = 3;
    private static final int EPOCH = 8;
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 1);
    private static final TopicPartition C = new TopicPartition("c", 2);

    private final Map<TopicPartition, Integer> leaders = new HashMap<>(Map.of(A, 1, B, 2, C, 1));
    private final Set<TopicPartition> absent = new HashSet<>();
    private final MarkerPlan plan = new MarkerPlan(new MarkerPlan.Leaders() {
        @Override
        public int leader(TopicPartition partition) {
            return leaders.getOrDefault(partition, NONE);
        }

        @Override
        public boolean isAbsent(TopicPartition partition) {
            return absent.contains(partition);
        }
    });
    private long nowMs = 1_000;

    @Test
    void markersOfOneBrokerGoIntoOneRequest() {
        owe(marker(10, A, B), marker(11, C));

        List<MarkerPlan.Batch> batches = plan.next(nowMs).batches();

        assertThat(batches).hasSize(2);
        MarkerPlan.Batch first = toBroker(1, batches);
        assertThat(first.parts()).extracting(MarkerPlan.Part::partitions).containsExactly(List.of(A), List.of(C));
        assertThat(first.parts()).extracting(MarkerPlan.Part::coordinatorEpoch).containsOnly(EPOCH);
        assertThat(toBroker(2, batches).parts())
                .extracting(MarkerPlan.Part::partitions)
                .containsExactly(List.of(B));
    }

    @Test
    void whatIsOnItsWayIsNotSentAgain() {
        owe(marker(10, A));
        assertThat(plan.next(nowMs).batches()).hasSize(1);

        owe(marker(10, A), marker(11, A));

        assertThat(plan.next(nowMs).batches()).singleElement().satisfies(batch -> assertThat(batch.parts())
                .extracting(part -> part.marker().endOffset())
                .containsExactly(11L));
    }

    @Test
    void aReloadOfTheShardAndANewLeaderSendNothingTwice() {
        owe(marker(10, A));
        MarkerPlan.Batch sent = only(plan.next(nowMs).batches());
        plan.unknown(SHARD);
        leaders.put(A, 2);
        plan.owed(SHARD, EPOCH + 1, List.of(marker(10, A)), nowMs);
        assertThat(plan.next(nowMs).batches()).isEmpty();

        answer(sent, ErrorCode.NETWORK_EXCEPTION);
        pass(10_000);

        MarkerPlan.Batch again = only(plan.next(nowMs).batches());
        assertThat(again.lane()).isEqualTo(new MarkerPlan.Lane(2, true));
        assertThat(again.parts()).extracting(MarkerPlan.Part::coordinatorEpoch).containsExactly(EPOCH + 1);
    }

    @Test
    void whatHasArrivedIsReportedOnceAndNotOwedBefore() {
        owe(marker(10, A, C));
        answer(only(plan.next(nowMs).batches()), ErrorCode.NONE);

        MarkerPlan.Work work = plan.next(nowMs);

        assertThat(work.batches()).isEmpty();
        MarkerPlan.Report report = only(work.reports());
        assertThat(report.partitions()).containsExactlyInAnyOrder(A, C);
        assertThat(plan.next(nowMs).reports()).isEmpty();
        plan.reported(report, ErrorCode.NONE, nowMs);
        assertThat(plan.size()).isEqualTo(MarkersOwed.NONE);
    }

    @Test
    void aReportThatIsRefusedLeadsToTheMarkerAgain() {
        owe(marker(10, A));
        answer(only(plan.next(nowMs).batches()), ErrorCode.NONE);
        MarkerPlan.Report report = only(plan.next(nowMs).reports());

        plan.reported(report, ErrorCode.COORDINATOR_NOT_AVAILABLE, nowMs);
        pass(1_000);

        assertThat(plan.next(nowMs).batches()).hasSize(1);
    }

    @Test
    void anAnswerToAFormerCoordinatorIsForgotten() {
        owe(marker(10, A));
        MarkerPlan.Batch sent = only(plan.next(nowMs).batches());
        plan.unknown(SHARD);

        answer(sent, ErrorCode.NOT_LEADER_OR_FOLLOWER);
        pass(10_000);

        MarkerPlan.Work work = plan.next(nowMs);
        assertThat(work.batches()).isEmpty();
        assertThat(work.reports()).isEmpty();
        assertThat(plan.size()).isEqualTo(MarkersOwed.NONE);
    }

    @Test
    void failuresAreTriedAgainEverMoreSlowlyAndForEver() {
        owe(marker(10, A));
        long longestMs = 0;
        for (int i = 0; i < 1_000; i++) {
            answer(only(plan.next(nowMs).batches()), ErrorCode.NOT_ENOUGH_REPLICAS);
            long nextMs = plan.next(nowMs).nextMs();
            assertThat(nextMs).isGreaterThan(nowMs);
            longestMs = Math.max(longestMs, nextMs - nowMs);
            nowMs = nextMs;
        }
        assertThat(longestMs).isEqualTo(3_200);
        assertThat(plan.size().owed()).isEqualTo(1);
    }

    @Test
    void aDeletedPartitionCountsAsWrittenOnlyAfterAWhile() {
        owe(marker(10, A));
        leaders.remove(A);
        absent.add(A);

        assertThat(reportedWithin(MarkerPlan.ABSENT_MS_MIN - 1)).isFalse();
        absent.remove(A);
        assertThat(reportedWithin(MarkerPlan.ABSENT_MS_MIN)).isFalse();
        absent.add(A);
        assertThat(reportedWithin(2 * MarkerPlan.ABSENT_MS_MIN)).isTrue();
    }

    @Test
    void absencesWithALeaderInBetweenAreNotAddedUp() {
        owe(marker(10, A));
        leaders.remove(A);
        absent.add(A);
        assertThat(reportedWithin(MarkerPlan.ABSENT_MS_MIN - 1)).isFalse();
        pass(10_000);
        leaders.put(A, 1);
        MarkerPlan.Batch sent = only(plan.next(nowMs).batches());
        leaders.remove(A);
        answer(sent, ErrorCode.NOT_LEADER_OR_FOLLOWER);

        assertThat(reportedWithin(MarkerPlan.ABSENT_MS_MIN - 1)).isFalse();
    }

    @Test
    void aTransactionWithoutPartitionsIsReported() {
        owe(marker(10));

        MarkerPlan.Report report = only(plan.next(nowMs).reports());

        assertThat(report.partitions()).isEmpty();
        plan.reported(report, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, nowMs);
        pass(1_000);
        plan.reported(only(plan.next(nowMs).reports()), ErrorCode.NONE, nowMs);
        assertThat(plan.size()).isEqualTo(MarkersOwed.NONE);
    }

    @Test
    void whatABrokerIsSentIsBounded() {
        int count = (MarkerPlan.REQUESTS_PER_LANE + 1) * MarkerPlan.MARKERS_PER_REQUEST;
        TopicPartition[] partitions = IntStream.range(0, count)
                .mapToObj(index -> new TopicPartition("many", index))
                .toArray(TopicPartition[]::new);
        for (TopicPartition each : partitions) {
            leaders.put(each, 1);
        }
        owe(marker(10, partitions));

        List<MarkerPlan.Batch> batches = plan.next(nowMs).batches();

        assertThat(batches).hasSize(MarkerPlan.REQUESTS_PER_LANE);
        assertThat(batches).allSatisfy(batch -> assertThat(only(batch.parts()).partitions())
                .hasSize(MarkerPlan.MARKERS_PER_REQUEST));
        assertThat(plan.next(nowMs).batches()).isEmpty();
        answer(batches.get(0), ErrorCode.NONE);
        assertThat(plan.next(nowMs).batches()).hasSize(1);
    }

    /** Whether a report comes while time passes. */
    private boolean reportedWithin(long ms) {
        long endMs = nowMs + ms;
        while (nowMs < endMs) {
            if (!plan.next(nowMs).reports().isEmpty()) {
                return true;
            }
            nowMs = Math.min(endMs, nowMs + 100);
        }
        return false;
    }

    private void owe(OwedMarker... markers) {
        plan.owed(SHARD, EPOCH, List.of(markers), nowMs);
    }

    private void pass(long ms) {
        nowMs += ms;
    }

    private void answer(MarkerPlan.Batch batch, ErrorCode error) {
        plan.answered(batch, (place, partition) -> error, nowMs);
    }

    private static MarkerPlan.Batch toBroker(int broker, List<MarkerPlan.Batch> batches) {
        return only(batches.stream()
                .filter(batch -> batch.lane().broker() == broker)
                .toList());
    }

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.get(0);
    }

    private static OwedMarker marker(long endOffset, TopicPartition... partitions) {
        return new OwedMarker(
                "id-" + endOffset,
                endOffset,
                new ProducerIdentity(endOffset, (short) 1),
                true,
                (short) 2,
                new TreeSet<>(Set.of(partitions)));
    }
}
