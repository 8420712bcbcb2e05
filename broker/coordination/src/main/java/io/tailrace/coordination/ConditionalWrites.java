package io.tailrace.coordination;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;

/** Changes to nodes that others may change at the same time: each made from what was there, and tried again if that changed. */
final class ConditionalWrites {
    private static final int ATTEMPTS_MAX = 10;

    private final ZooKeeperSession session;
    private final CuratorFramework curator;

    ConditionalWrites(ZooKeeperSession session) {
        this.session = session;
        curator = session.curator();
    }

    /** Reads, and writes on condition of what it read. */
    interface Attempt {
        void run() throws Exception;
    }

    /**
     * Runs {@code attempt} until nobody else was faster.
     *
     * @param what for the message: "cannot " comes before it
     * @throws CoordinationException if ZooKeeper does not answer, or others were faster time and again
     */
    void retryOnConflict(String what, Attempt attempt) {
        for (int i = 0; i < ATTEMPTS_MAX; i++) {
            try {
                attempt.run();
                return;
            } catch (BadVersionException | NodeExistsException e) {
                // Somebody else was faster: the next attempt starts from what they wrote.
            } catch (TopicException e) {
                throw e;
            } catch (Exception e) {
                throw session.failure(what, e);
            }
        }
        throw new CoordinationException(
                "cannot " + what + ": it was changed by others " + ATTEMPTS_MAX + " times meanwhile, try again");
    }

    /** Changes the settings in the node at {@code path}, which is created if need be. */
    void configure(String what, String path, UnaryOperator<Map<String, String>> change) {
        retryOnConflict(what, () -> {
            Map<String, String> configs = Map.of();
            Stat stat = new Stat();
            boolean exists = true;
            try {
                configs = ZNodeJson.config(curator.getData().storingStatIn(stat).forPath(path));
            } catch (NoNodeException e) {
                exists = false;
            }
            byte[] changed = ZNodeJson.config(change.apply(configs));
            if (exists) {
                curator.setData().withVersion(stat.getVersion()).forPath(path, changed);
            } else {
                curator.create().creatingParentsIfNeeded().forPath(path, changed);
            }
        });
    }
}
