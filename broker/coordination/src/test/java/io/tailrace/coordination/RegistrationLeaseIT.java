package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
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
    private static final int SESSION_TIMEOUT_MS = 3 * TICK_MS;

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

    @Test
    void holdsWhileZooKeeperAnswers() throws Exception {
        long begunNanos = System.nanoTime();
        lease.begin(register(session), begunNanos);
        lease.start();
        await().during(Duration.ofMillis(2 * SESSION_TIMEOUT_MS)).until(lease::holds);

        zooKeeper.stop();
        await().until(() -> !lease.holds());
    }

    @Test
    void anotherBrokerEpochDoesNotExtendIt() throws Exception {
        lease.begin(register(session) - 1, System.nanoTime());
        assertThat(lease.holds()).isTrue();
        lease.start();

        await().until(() -> !lease.holds());
    }

    @Test
    void theNodeOfALostSessionDoesNotExtendIt() throws Exception {
        try (ZooKeeperSession lost = open()) {
            lease.begin(register(lost), System.nanoTime());
            lease.start();

            await().until(() -> !lease.holds());
        }
    }

    @Test
    void aLostSessionEndsItAtOnce() throws Exception {
        lease.begin(register(session), System.nanoTime());
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

        lease.begin(register(session), System.nanoTime());
        lease.start();

        await().during(Duration.ofMillis(2 * SESSION_TIMEOUT_MS)).until(lease::holds);
    }
}
