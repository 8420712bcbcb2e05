package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.config.ConfigException;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplicaBalanceTest {
    private final Map<TopicPartition, List<Integer>> now = new TreeMap<>();

    @Test
    void evenPlacementDoesNotChange() {
        place(List.of(1, 2), List.of(2, 3), List.of(3, 1));

        assertThat(ReplicaBalance.moves(now, brokers(1, 2, 3))).isEmpty();
    }

    @Test
    void onlyReplicasOfARemovedBrokerMove() {
        place(List.of(1, 2), List.of(2, 3), List.of(3, 1));

        Map<TopicPartition, List<Integer>> moves = ReplicaBalance.moves(now, brokers(1, 2, 4));

        assertThat(moves).isEqualTo(Map.of(partition(1), List.of(2, 4), partition(2), List.of(4, 1)));
    }

    @Test
    void newBrokerTakesItsShareAndNoMore() {
        place(List.of(1, 2), List.of(2, 3), List.of(3, 1), List.of(1, 3));

        Map<TopicPartition, List<Integer>> moves = ReplicaBalance.moves(now, brokers(1, 2, 3, 4));

        assertThat(copied(moves)).isEqualTo(2);
        assertThat(spread(moves, brokers(1, 2, 3, 4))).isZero();
    }

    @Test
    void leadersAreEvenedOutWithoutCopying() {
        place(List.of(1, 2, 3), List.of(1, 2, 3), List.of(1, 2, 3));

        Map<TopicPartition, List<Integer>> moves = ReplicaBalance.moves(now, brokers(1, 2, 3));

        assertThat(copied(moves)).isZero();
        assertThat(after(moves).values())
                .extracting(replicas -> replicas.get(0))
                .containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void replicasGoToDifferentRacks() {
        place(List.of(9, 1), List.of(9, 1));
        Map<Integer, String> racks = Map.of(1, "a", 2, "a", 3, "b");

        assertThat(after(ReplicaBalance.moves(now, racks)).values())
                .allSatisfy(replicas -> assertThat(replicas).contains(3));
    }

    @Test
    void racksTakePrecedenceOverEvenShares() {
        place(List.of(1, 2), List.of(1, 2), List.of(1, 2), List.of(1, 2));
        Map<Integer, String> racks = Map.of(1, "a", 2, "b", 3, "a");

        Map<TopicPartition, List<Integer>> moves = ReplicaBalance.moves(now, racks);

        assertThat(copied(moves)).isEqualTo(2);
        assertThat(after(moves).values())
                .allSatisfy(replicas -> assertThat(replicas).contains(2));
    }

    @Test
    void moreReplicasThanBrokersAreRefused() {
        place(List.of(1, 2, 3));

        assertThatThrownBy(() -> ReplicaBalance.moves(now, brokers(1, 2)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("web-0 has 3 replicas: expected at least as many brokers, found [1, 2]");
    }

    @Test
    void anyPlacementBecomesEven() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            now.clear();
            int factor = 1 + random.nextInt(3);
            List<Integer> before = new ArrayList<>(
                    IntStream.range(0, factor + random.nextInt(5)).boxed().toList());
            for (int i = 1 + random.nextInt(40); i > 0; i--) {
                Collections.shuffle(before, random);
                now.put(partition(i), List.copyOf(before.subList(0, factor)));
            }
            Map<Integer, String> racks = new TreeMap<>();
            for (int i = factor + random.nextInt(5); i > 0; i--) {
                racks.put(random.nextInt(3) + 3 * i, "");
            }

            Map<TopicPartition, List<Integer>> moves = ReplicaBalance.moves(now, racks);

            assertThat(after(moves).values()).as("seed %d", seed).allSatisfy(replicas -> {
                assertThat(racks.keySet()).containsAll(replicas);
                assertThat(new HashSet<>(replicas)).hasSize(factor);
            });
            assertThat(spread(moves, racks)).as("seed %d", seed).isLessThanOrEqualTo(1);
            assertThat(ReplicaBalance.moves(after(moves), racks))
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    @SafeVarargs
    private void place(List<Integer>... replicas) {
        for (int i = 0; i < replicas.length; i++) {
            now.put(partition(i), replicas[i]);
        }
    }

    private static TopicPartition partition(int index) {
        return new TopicPartition("web", index);
    }

    private static Map<Integer, String> brokers(Integer... ids) {
        Map<Integer, String> brokers = new TreeMap<>();
        List.of(ids).forEach(id -> brokers.put(id, ""));
        return brokers;
    }

    private Map<TopicPartition, List<Integer>> after(Map<TopicPartition, List<Integer>> moves) {
        Map<TopicPartition, List<Integer>> after = new TreeMap<>(now);
        after.putAll(moves);
        return after;
    }

    /** The number of replicas to copy. */
    private long copied(Map<TopicPartition, List<Integer>> moves) {
        return moves.entrySet().stream()
                .mapToLong(move -> move.getValue().stream()
                        .filter(broker ->
                                !now.getOrDefault(move.getKey(), List.of()).contains(broker))
                        .count())
                .sum();
    }

    /** The difference in replicas between the most and the least loaded broker. */
    private int spread(Map<TopicPartition, List<Integer>> moves, Map<Integer, String> racks) {
        Map<Integer, Integer> held = new HashMap<>();
        racks.keySet().forEach(broker -> held.put(broker, 0));
        after(moves).values().forEach(replicas -> replicas.forEach(broker -> held.merge(broker, 1, Integer::sum)));
        IntSummaryStatistics counts =
                held.values().stream().mapToInt(Integer::intValue).summaryStatistics();
        return counts.getMax() - counts.getMin();
    }
}
