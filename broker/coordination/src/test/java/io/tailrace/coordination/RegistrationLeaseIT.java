package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lease that receives no connection events. */
class RegistrationLeaseIT {
    private static final int BROKER = 1;
    private static final int TICK_MS = 500;
    /** The longest that ZooKeeper grants with this tick. */
    private static final int SESSION_TIMEOUT_MS = 20 * TICK_MS;

    private TestingServer zooKeeper;
    private ZooKeeperSession session;
    private RegistrationLease lease;

    @BeforeEach
    void connect() throws Exception {
        zooKeeper = new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MS, -1), true);
        session = open();
        lease = new RegistrationLease(session, BROKER);
    }

    @AfterEach
    void stop() throws Exception {
        lease.close();
        session.close();
        zooKeeper.close();
    }

    private ZooKeeperSession open() {
        return ZooKeeperSession.open(new ZooKeeperConfig(zooKeeper.getConnectString(), SESSION_TIMEOUT_MS, 20_000));
    }

    private static long register(ZooKeeperSession session) throws Exception {
        Stat created = new Stat();
        session.curator()
                .create()
                .storingStatIn(created)
                .creatingParentsIfNeeded()
                .withMode(CreateMode.EPHEMERAL)
                .forPath(ZNodes.broker(BROKER));
        return created.getCzxid();
    }

    private static long agoNanos(long ms) {
        return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(ms);
    }

    /** Asserts that the lease is extended after it has ended, more than once. */
    private void assertExtended(long epoch) {
        for (int i = 0; i < 3; i++) {
            lease.begin(epoch, agoNanos(2 * SESSION_TIMEOUT_MS));
            await().until(lease::holds);
        }
    }

    /** Asserts that a lease with a third of its time left ends: that time has room for two reads, which might extend it. */
    private void assertNotExtended(long epoch) {
        lease.begin(epoch, agoNanos(SESSION_TIMEOUT_MS * 2 / 3));
        lease.start();
        await().until(() -> !lease.holds());
    }

    @Test
    void holdsWhileZooKeeperAnswers() throws Exception {
        long epoch = register(session);
        lease.start();
        assertExtended(epoch);

        zooKeeper.stop();
        await().until(() -> !lease.holds());
    }

    @Test
    void anotherBrokerEpochDoesNotExtendIt() throws Exception {
        assertNotExtended(register(session) - 1);
    }

    @Test
    void theNodeOfALostSessionDoesNotExtendIt() throws Exception {
        try (ZooKeeperSession lost = open()) {
            assertNotExtended(register(lost));
        }
    }

    @Test
    void aLostSessionEndsItAtOnce() throws Exception {
        lease.begin(register(session), System.nanoTime());
        assertThat(lease.holds()).isTrue();
        lease.end();

        assertThat(lease.holds()).isFalse();
    }

    @Test
    void holdsInASessionThatBeganWithALateEventOfThePreviousOne() throws Exception {
        ZooKeeper former = session.curator().getZookeeperClient().getZooKeeper();
        // The second event arrives when the first has replaced the session.
        former.getTestable().queueEvent(new WatchedEvent(EventType.None, KeeperState.Expired, null));
        former.getTestable().queueEvent(new WatchedEvent(EventType.None, KeeperState.SyncConnected, null));
        await().ignoreExceptions().until(() -> {
            ZooKeeper now = session.curator().getZookeeperClient().getZooKeeper();
            return now != former && now.getState().isConnected();
        });

        lease.start();
        assertExtended(register(session));
    }
}
