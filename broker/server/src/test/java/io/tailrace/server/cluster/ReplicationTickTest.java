package io.tailrace.server.cluster;

import static io.tailrace.server.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Event;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.server.partition.Append;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two partitions that this broker leads. An append to one of them waits for its disk, which keeps the partition busy. */
@Timeout(300)
class ReplicationTickTest {
    private static final List<Integer> BOTH = List.of(LocalBroker.ID, LocalBroker.OTHER);

    private LocalBroker broker;
    private ReplicationTick tick;

    @BeforeEach
    void lead(@TempDir Path directory) throws Exception {
        broker = new LocalBroker(directory);
        broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 1, BOTH));
        tick = new ReplicationTick(broker.partitions, broker.lease::get);
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    @Test
    void laggingFollowersLeaveTheOtherIsrsWhileOnePartitionIsBusy() throws Exception {
        broker.nowMs.addAndGet(LocalBroker.LAG_MS_MAX + 1);
        whileBusy(() -> {
            tick.run();
            assertThat(broker.proposals).containsExactly(1);
        });
        assertThat(broker.partition(0).replica().view().self().brokerEpoch()).isEqualTo(Broker.NONE);
    }

    @Test
    void busyPartitionIsTickedOnceItIsFree() throws Exception {
        broker.nowMs.addAndGet(LocalBroker.LAG_MS_MAX + 1);
        whileBusy(tick);
        broker.partition(0).handle(new Event.Registered(LocalBroker.EPOCH));
        broker.nowMs.addAndGet(LocalBroker.LAG_MS_MAX + 1);
        tick.run();

        assertThat(broker.proposals).containsExactly(1, 0);
    }

    @Test
    void waitersAreAnsweredWhenTheLeaseEndsWhileOnePartitionIsBusy() throws Exception {
        List<ErrorCode> answers = new ArrayList<>();
        Append append = broker.partition(1).append(batch("a"), Replica.ANY_EPOCH, true);
        broker.partition(1).awaitAcks(1, append.leaderEpoch(), answers::add);
        tick.run();
        assertThat(answers).isEmpty();

        broker.lease.set(false);
        whileBusy(tick);

        assertThat(answers).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(broker.partition(1).replica()).as("the role stays").isInstanceOf(Leader.class);
    }

    @Test
    void waitersAreAnsweredAtEveryEndOfALease() throws Exception {
        broker.lease.set(false);
        tick.run();
        broker.lease.set(true);
        List<ErrorCode> answers = new ArrayList<>();
        Append append = broker.partition(0).append(batch("a"), Replica.ANY_EPOCH, true);
        broker.partition(0).awaitAcks(1, append.leaderEpoch(), answers::add);
        broker.lease.set(false);
        tick.run();

        assertThat(answers).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void registrationReachesTheOtherPartitionsWhileOneIsBusy() throws Exception {
        whileBusy(() -> {
            broker.registration.registered(105);
            broker.follower.registrationChanged();
            broker.registration.registered(106);
            broker.follower.registrationChanged();
            assertThat(epochOf(1)).isEqualTo(106);
            assertThat(broker.follower.catchUp()).isFalse();
        });
        assertThat(broker.follower.catchUp()).isTrue();
        assertThat(epochOf(0)).isEqualTo(106);
    }

    @Test
    void busyPartitionGetsTheNewestImageOnceItIsFree() throws Exception {
        whileBusy(() -> {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 2, BOTH));
            broker.follower.follow(LocalBroker.image(2, LocalBroker.OTHER, 3, BOTH));
            assertThat(broker.partition(1).replica().leaderEpoch()).isEqualTo(3);
        });
        assertThat(broker.follower.catchUp()).isTrue();

        assertThat(broker.partition(0).replica().leaderEpoch()).isEqualTo(3);
        assertThat(epochOf(0)).isEqualTo(LocalBroker.EPOCH);
    }

    @Test
    void interruptedThreadPassesABusyPartitionAndStaysInterrupted() throws Exception {
        Event tick = new Event.Tick();
        Thread.currentThread().interrupt();
        assertThat(broker.partition(0).tryHandle(tick)).as("free").isTrue();
        assertThat(Thread.interrupted()).isTrue();
        whileBusy(() -> {
            Thread.currentThread().interrupt();
            assertThat(broker.partition(0).tryHandle(tick)).as("busy").isFalse();
            assertThat(Thread.interrupted()).isTrue();
        });
    }

    /** Partition 0 is busy meanwhile. */
    private void whileBusy(Runnable action) throws InterruptedException {
        broker.whileBusy(broker.partition(0), action);
    }

    private long epochOf(int index) {
        return broker.partition(index).replica().view().self().brokerEpoch();
    }
}
