package io.tailrace.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.TestCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Random histories of a group with members of both protocols, which changes its own as they come and go. */
class MixedHistoryTest {
    private static final int HISTORIES = 100;
    private static final int STEPS = 120;
    private static final int SETTLING_STEPS = 150;
    private static final int PARTITIONS = 6;
    private static final UUID T = TestCluster.id("t");

    @Test
    void groupSettlesWhateverProtocolsItsMembersSpeak() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            new History(seed).run();
        }
    }

    private static final class History {
        private final int seed;
        private final Random random;
        private final ShardHarness harness =
                new ShardHarness(TestCluster.EMPTY.with("t", PARTITIONS), GroupSettings.defaults());
        private final List<TestClassicConsumer> classic = new ArrayList<>();
        private final List<TestConsumer> consumers = new ArrayList<>();
        private int joined;

        History(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(14)) {
                    case 0 -> join();
                    case 1 -> leave();
                    case 2 -> harness.failOver();
                    default -> all();
                }
                harness.advance(random.nextInt(800));
            }
            for (int step = 0; step < SETTLING_STEPS; step++) {
                all();
                harness.advance(500);
            }
            if (!classic.isEmpty() || !consumers.isEmpty()) {
                requireShared();
            }
        }

        private void join() {
            if (classic.size() + consumers.size() < 5) {
                if (random.nextBoolean()) {
                    classic.add(new TestClassicConsumer(harness, "t", null));
                } else {
                    consumers.add(new TestConsumer(harness, "m" + joined++).subscribedTo("t"));
                }
            }
        }

        /** Some leave without a word. */
        private void leave() {
            if (!consumers.isEmpty() && random.nextBoolean()) {
                TestConsumer left = consumers.remove(random.nextInt(consumers.size()));
                if (left.epoch() > 0 && random.nextBoolean()) {
                    left.leave(-1);
                }
            } else if (!classic.isEmpty()) {
                TestClassicConsumer left = classic.remove(random.nextInt(classic.size()));
                if (left.isIdle() && random.nextBoolean()) {
                    left.leave();
                }
            }
        }

        private void all() {
            classic.forEach(TestClassicConsumer::step);
            consumers.forEach(TestConsumer::heartbeat);
        }

        private void requireShared() {
            List<Integer> read = new ArrayList<>();
            classic.forEach(member -> read.addAll(member.owned().of(T)));
            consumers.forEach(member -> read.addAll(member.owned().of(T)));
            Set<Integer> distinct = new TreeSet<>(read);
            assertThat(distinct).as("partitions read, seed %d", seed).hasSize(PARTITIONS);
            assertThat(read).as("read by one member each, seed %d", seed).hasSize(PARTITIONS);
        }
    }
}
