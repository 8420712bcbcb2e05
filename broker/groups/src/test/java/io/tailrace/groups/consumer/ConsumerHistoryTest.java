package io.tailrace.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerGroupState;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.TestCluster;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories of a group: members come, go, stall and lose answers; coordinators and topics change. */
class ConsumerHistoryTest {
    private static final int HISTORIES = 150;
    private static final int STEPS = 150;
    private static final int SETTLING_ROUNDS = 12;

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void noPartitionIsReadByTwoMembersAndTheGroupSettles(String assignor) {
        for (int seed = 0; seed < HISTORIES; seed++) {
            new History(seed, assignor).run();
        }
    }

    private static final class History {
        private final int seed;
        private final Random random;
        private final String assignor;
        private final List<TestConsumer> consumers = new ArrayList<>();
        private final ShardHarness harness;
        private TestCluster cluster = TestCluster.EMPTY.with("a", 5).with("b", 3);
        private int joined;

        History(int seed, String assignor) {
            this.seed = seed;
            this.random = new Random(seed);
            this.assignor = assignor;
            this.harness = new ShardHarness(cluster, GroupSettings.defaults());
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
                requireDisjoint(step);
            }
            settle();
            requireSameAfterLoading();
        }

        private void step() {
            switch (random.nextInt(16)) {
                case 0 -> join();
                case 1 -> leave();
                case 2 -> harness.advance(random.nextInt(20_000));
                case 3 -> changeTopics();
                case 4 -> failOver();
                case 5 -> resubscribe();
                default -> heartbeat();
            }
        }

        private void join() {
            if (consumers.size() < 6) {
                TestConsumer consumer = new TestConsumer(harness, "m" + joined++).choosing(assignor);
                int kind = random.nextInt(4);
                if (kind == 0) {
                    consumer.matching("[ab]");
                } else if (kind == 1) {
                    consumer.subscribedTo("a").instance("i" + random.nextInt(2));
                } else {
                    consumer.subscribedTo("a", "b");
                }
                consumers.add(consumer);
            }
        }

        private void leave() {
            if (!consumers.isEmpty()) {
                TestConsumer consumer = consumers.remove(random.nextInt(consumers.size()));
                int how = random.nextInt(3);
                if (how > 0 && consumer.epoch() > 0) {
                    consumer.leave(consumer.isStatic() && how == 1 ? -2 : -1);
                }
                // Otherwise it has crashed: its session expires.
            }
        }

        private void resubscribe() {
            if (!consumers.isEmpty()) {
                TestConsumer consumer = consumers.get(random.nextInt(consumers.size()));
                if (random.nextBoolean()) {
                    consumer.resubscribe("a", "b");
                } else {
                    consumer.resubscribe("b");
                }
            }
        }

        private void changeTopics() {
            cluster = random.nextInt(4) == 0 ? cluster.without("b") : cluster.with("b", 1 + random.nextInt(5));
            harness.clusterChanged(cluster);
        }

        private void failOver() {
            harness.failOver();
            harness.clusterChanged(cluster);
        }

        private void heartbeat() {
            if (consumers.isEmpty()) {
                return;
            }
            TestConsumer consumer = consumers.get(random.nextInt(consumers.size()));
            Assignment sent = consumer.owned();
            if (random.nextInt(12) == 0) {
                harness.refuseAppends(ErrorCode.NOT_COORDINATOR);
            }
            ConsumerGroupHeartbeatResponse answer = consumer.send().get();
            harness.refuseAppends(ErrorCode.NONE);
            if (random.nextInt(6) == 0) {
                consumer.lose();
            } else {
                consumer.receive(answer, sent);
                if (answer.errorCode() == ErrorCode.UNRELEASED_INSTANCE_ID) {
                    consumers.remove(consumer);
                }
            }
            if (random.nextInt(3) > 0) {
                consumer.apply();
            }
        }

        private @Nullable ConsumerGroup group() {
            Group group = harness.shard().groups().get(TestConsumer.GROUP);
            return group instanceof ConsumerGroup consumers ? consumers : null;
        }

        /** A member that the coordinator has removed may not know it yet: its commits are refused. */
        private void requireDisjoint(int step) {
            ConsumerGroup group = group();
            Map<String, String> readers = new HashMap<>();
            for (TestConsumer consumer : consumers) {
                ConsumerMember member = group == null ? null : group.member(consumer.memberId());
                if (member == null || member.current().epoch() < consumer.epoch()) {
                    continue;
                }
                consumer.owned()
                        .topics()
                        .forEach((topic, partitions) -> partitions.forEach(partition -> {
                            String other = readers.put(topic + "-" + partition, consumer.memberId());
                            assertThat(other)
                                    .as("other reader of %s-%d, seed %d, step %d", topic, partition, seed, step)
                                    .isNull();
                        }));
            }
        }

        private void settle() {
            harness.advance(100);
            for (int round = 0; round < SETTLING_ROUNDS; round++) {
                for (TestConsumer consumer : List.copyOf(consumers)) {
                    if (consumer.heartbeat().errorCode() == ErrorCode.UNRELEASED_INSTANCE_ID) {
                        consumers.remove(consumer);
                    }
                }
                // Longer than the shortest time to a new topic of a pattern; the crashed expire within the rounds.
                harness.advance(10_000);
            }
            ConsumerGroup group = group();
            if (group == null || consumers.isEmpty()) {
                return;
            }
            assertThat(group.state()).as("state, seed %d", seed).isEqualTo(ConsumerGroupState.STABLE);
            assertThat(group.members()).as("members, seed %d", seed).hasSize(consumers.size());
            for (TestConsumer consumer : consumers) {
                assertThat(consumer.owned())
                        .as("%s, seed %d", consumer.memberId(), seed)
                        .isEqualTo(group.target(consumer.memberId()));
            }
            requireComplete(group);
        }

        private void requireComplete(ConsumerGroup group) {
            for (String topic : cluster.topicNames()) {
                UUID id = TestCluster.id(topic);
                int read = consumers.stream()
                        .mapToInt(consumer -> consumer.owned().of(id).size())
                        .sum();
                boolean subscribed = group.subscription().test(topic);
                assertThat(read)
                        .as("partitions of %s that are read, seed %d", topic, seed)
                        .isEqualTo(
                                subscribed ? cluster.topic(topic).orElseThrow().partitions() : 0);
            }
        }

        private void requireSameAfterLoading() {
            GroupsShard loaded = harness.replica();
            ConsumerGroup live = group();
            if (live == null) {
                assertThat(loaded.groups().get(TestConsumer.GROUP)).isNull();
                return;
            }
            ConsumerGroup group =
                    (ConsumerGroup) Objects.requireNonNull(loaded.groups().get(TestConsumer.GROUP));
            assertThat(group.committed()).as("seed %d", seed).isEqualTo(live.committed());
            assertThat(group.members()).isEqualTo(live.members());
            assertThat(group.targets()).isEqualTo(live.targets());
            assertThat(group.patterns()).isEqualTo(live.patterns());
            assertThat(group.topicsHash()).isEqualTo(live.topicsHash());
        }
    }
}
