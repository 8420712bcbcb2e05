package io.tailrace.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.transactions.OwedMarker;
import io.tailrace.transactions.ProducerIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of a coordinator's markers: answers and reports are lost or late, shards are reloaded, partitions change leaders and
 * fail. Each marker is written in the end, and never two requests for one are on their way.
 */
class MarkerHistoryTest {
    private static final int STEPS = 2_000;
    private static final int SHARDS = 3;
    private static final int BROKERS = 3;
    private static final int PARTITIONS = 6;
    private static final int SEEDS = Integer.getInteger("seeds", 200);

    private final Map<TopicPartition, Integer> leaders = new HashMap<>();
    private final MarkerPlan plan = new MarkerPlan(new MarkerPlan.Leaders() {
        @Override
        public int leader(TopicPartition partition) {
            return leaders.getOrDefault(partition, NONE);
        }

        @Override
        public boolean isAbsent(TopicPartition partition) {
            return false;
        }
    });

    /** What the shards owe, by the offset of the record that ended the transaction, as they would say if they were asked. */
    private final List<Map<Long, SortedSet<TopicPartition>>> shards = new ArrayList<>();

    private final Set<Marker> written = new HashSet<>();
    private final List<MarkerPlan.Batch> requests = new ArrayList<>();
    private final List<MarkerPlan.Report> reports = new ArrayList<>();
    private final Set<Marker> onTheWay = new HashSet<>();
    private long nextOffset;
    private long nowMs;

    private record Marker(int shard, long endOffset, TopicPartition partition) {}

    static List<Integer> seeds() {
        return new Random().ints(SEEDS, 0, Integer.MAX_VALUE).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyMarkerIsWrittenAndNoneIsOnItsWayTwice(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < SHARDS; i++) {
            shards.add(new LinkedHashMap<>());
        }
        for (int i = 0; i < STEPS; i++) {
            step(random);
        }
        for (int i = 0; i < PARTITIONS; i++) {
            leaders.put(new TopicPartition("t", i), random.nextInt(BROKERS));
        }

        for (int i = 0; i < 100; i++) {
            for (int shard = 0; shard < SHARDS; shard++) {
                ask(shard);
            }
            nowMs += 5_000;
            work();
            while (!requests.isEmpty() || !reports.isEmpty()) {
                answer(random, false);
                report(random, false);
                work();
            }
        }
        assertThat(shards).allSatisfy(owed -> assertThat(owed).isEmpty());
        assertThat(plan.size()).isEqualTo(MarkersOwed.NONE);
    }

    private void step(Random random) {
        nowMs += random.nextInt(200);
        int shard = random.nextInt(SHARDS);
        switch (random.nextInt(10)) {
            case 0 -> end(random, shard);
            case 1, 2 -> ask(shard);
            case 3 -> plan.unknown(shard);
            case 4 -> {
                TopicPartition partition = new TopicPartition("t", random.nextInt(PARTITIONS));
                if (random.nextInt(4) == 0) {
                    leaders.remove(partition);
                } else {
                    leaders.put(partition, random.nextInt(BROKERS));
                }
            }
            case 5, 6 -> answer(random, true);
            case 7 -> report(random, true);
            default -> work();
        }
    }

    private void end(Random random, int shard) {
        SortedSet<TopicPartition> partitions = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            partitions.add(new TopicPartition("t", random.nextInt(PARTITIONS)));
        }
        owedBy(shard).put(nextOffset++, partitions);
    }

    private Map<Long, SortedSet<TopicPartition>> owedBy(int shard) {
        return shards.get(shard);
    }

    private void ask(int shard) {
        List<OwedMarker> markers = new ArrayList<>();
        owedBy(shard)
                .forEach((endOffset, partitions) -> markers.add(new OwedMarker(
                        "id-" + endOffset,
                        endOffset,
                        new ProducerIdentity(endOffset, (short) 1),
                        true,
                        (short) 2,
                        new TreeSet<>(partitions))));
        plan.owed(shard, 1, markers, nowMs);
    }

    private void work() {
        MarkerPlan.Work work = plan.next(nowMs);
        for (MarkerPlan.Batch batch : work.batches()) {
            markers(batch).forEach(each -> assertThat(onTheWay.add(each))
                    .as("%s is on its way twice", each)
                    .isTrue());
        }
        requests.addAll(work.batches());
        reports.addAll(work.reports());
    }

    private static List<Marker> markers(MarkerPlan.Batch batch) {
        return batch.parts().stream()
                .flatMap(part -> part.partitions().stream()
                        .map(each -> new Marker(part.shard(), part.marker().endOffset(), each)))
                .toList();
    }

    private void answer(Random random, boolean mayFail) {
        if (requests.isEmpty()) {
            return;
        }
        MarkerPlan.Batch batch = requests.remove(random.nextInt(requests.size()));
        onTheWay.removeAll(markers(batch));
        boolean isLost = mayFail && random.nextInt(3) == 0;
        plan.answered(
                batch,
                (place, partition) -> {
                    boolean isWritten = !mayFail || random.nextBoolean();
                    MarkerPlan.Part part = batch.parts().get(place);
                    if (isWritten) {
                        written.add(new Marker(part.shard(), part.marker().endOffset(), partition));
                    }
                    return isWritten && !isLost ? ErrorCode.NONE : ErrorCode.NOT_LEADER_OR_FOLLOWER;
                },
                nowMs);
    }

    private void report(Random random, boolean mayFail) {
        if (reports.isEmpty()) {
            return;
        }
        MarkerPlan.Report report = reports.remove(random.nextInt(reports.size()));
        MarkerPlan.Key key = report.key();
        report.partitions()
                .forEach(each ->
                        assertThat(written).as("reported").contains(new Marker(key.shard(), key.endOffset(), each)));
        boolean isRefused = mayFail && random.nextInt(3) == 0;
        if (!isRefused) {
            SortedSet<TopicPartition> left = owedBy(key.shard()).get(key.endOffset());
            if (left != null) {
                left.removeAll(report.partitions());
                if (left.isEmpty()) {
                    owedBy(key.shard()).remove(key.endOffset());
                }
            }
        }
        boolean isAnswerLost = mayFail && random.nextInt(3) == 0;
        plan.reported(report, isRefused || isAnswerLost ? ErrorCode.NOT_COORDINATOR : ErrorCode.NONE, nowMs);
    }
}
