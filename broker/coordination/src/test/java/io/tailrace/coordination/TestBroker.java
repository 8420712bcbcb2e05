package io.tailrace.coordination;

import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.TopicPolicy;
import io.tailrace.testing.WaitLimit;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFramework;

/** All parts of this module that a broker runs. */
final class TestBroker implements AutoCloseable {
    /** The longest that ZooKeeper grants with its default tick: no session ends because the machine is slow. */
    private static final int SESSION_TIMEOUT_MS = 60_000;

    private static final int CONNECT_TIMEOUT_MS = 20_000;

    final int id;
    final ZooKeeperSession session;
    final ClusterTree tree;
    final List<String> events = new CopyOnWriteArrayList<>();
    final BrokerRegistration registration;
    final Controller controller;
    final TopicStore topics;
    final BrokerConfigs brokerConfigs;
    final GroupConfigs groupConfigs;
    volatile long epoch = Broker.NONE;

    private TestBroker(String connect, int id, String owner, int sessionTimeoutMs) {
        this.id = id;
        session = ZooKeeperSession.open(new ZooKeeperConfig(connect, sessionTimeoutMs, CONNECT_TIMEOUT_MS));
        tree = new ClusterTree(session);
        BrokerInfo self = new BrokerInfo(
                id, owner, null, List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9000 + id)), Broker.NONE);
        registration = new BrokerRegistration(session, self, InstantSource.system(), new Recorder());
        controller = new Controller(
                session, id, topic -> TopicPolicy.DEFAULT, new LeaderBalance(false, 1, 0), InstantSource.system());
        topics = new TopicStore(session, tree::image);
        brokerConfigs = new BrokerConfigs(session);
        groupConfigs = new GroupConfigs(session);
    }

    static TestBroker start(String connect, int id) throws InterruptedException {
        return start(connect, id, SESSION_TIMEOUT_MS);
    }

    static TestBroker start(String connect, int id, int sessionTimeoutMs) throws InterruptedException {
        TestBroker broker = new TestBroker(connect, id, "disks-of-" + id, sessionTimeoutMs);
        broker.registration.start();
        broker.startTree();
        broker.controller.start(broker.tree);
        return broker;
    }

    /** A broker that is neither registered nor a candidate for controller. */
    static TestBroker idle(String connect, int id, String owner) {
        return new TestBroker(connect, id, owner, SESSION_TIMEOUT_MS);
    }

    void startTree() throws InterruptedException {
        tree.start(WaitLimit.WAIT_MAX.toMillis());
    }

    CuratorFramework curator() {
        return session.curator();
    }

    ClusterImage image() {
        return tree.image();
    }

    long sessionId() throws Exception {
        return curator().getZookeeperClient().getZooKeeper().getSessionId();
    }

    void expireSession() throws Exception {
        curator().getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
    }

    /** Disappears like a killed process, except that the session ends at once. */
    void vanish() {
        session.close();
    }

    @Override
    public void close() {
        controller.close();
        registration.close();
        tree.close();
        session.close();
    }

    private final class Recorder implements BrokerRegistration.Listener {
        @Override
        public void registered(long brokerEpoch) {
            events.add("registered");
            epoch = brokerEpoch;
        }

        @Override
        public void sessionLost() {
            events.add("session lost");
        }

        @Override
        public void refused(CoordinationException reason) {
            events.add("refused");
        }
    }
}
