package io.tailrace.coordination;

import io.tailrace.protocol.ErrorCode;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;

/** Read-modify-write of nodes that other brokers change too. A write that conflicts starts over from a new read, after a random pause. */
final class ConditionalWrites {
    private static final int ATTEMPTS_MAX = 50;
    private static final long PAUSE_MS_MAX = 64;

    private final ZooKeeperSession session;
    private final CuratorFramework curator;

    ConditionalWrites(ZooKeeperSession session) {
        this.session = session;
        curator = session.curator();
    }

    /**
     * Runs {@code attempt}, which reads and then writes on condition of what it read, until there is no conflict.
     *
     * @param what for the message: "cannot " comes before it
     * @throws TopicException as {@code attempt} does
     * @throws CoordinationException if ZooKeeper does not answer, or each of 50 attempts met a conflict
     */
    <T> T retryOnConflict(String what, Callable<T> attempt) {
        for (int i = 0; i < ATTEMPTS_MAX; i++) {
            try {
                if (i > 0) {
                    Thread.sleep(ThreadLocalRandom.current().nextLong(1 + Math.min(PAUSE_MS_MAX, 1L << i)));
                }
                return attempt.call();
            } catch (BadVersionException | NodeExistsException e) {
                // Another broker wrote between the read and the write.
            } catch (TopicException e) {
                throw e;
            } catch (Exception e) {
                throw session.failure(what, e);
            }
        }
        throw new CoordinationException(
                "cannot " + what + ": others changed it during each of " + ATTEMPTS_MAX + " attempts, try again");
    }

    /**
     * Changes the settings in the node at {@code path}, and creates the node if it does not exist.
     *
     * @throws TopicException INVALID_CONFIG if the settings do not fit in a node
     */
    void configure(String what, String path, UnaryOperator<Map<String, String>> change) {
        configure(what, path, change, false);
    }

    /** As {@link #configure}, and removes the node when no setting is left. */
    void configureOrRemove(String what, String path, UnaryOperator<Map<String, String>> change) {
        configure(what, path, change, true);
    }

    private void configure(
            String what, String path, UnaryOperator<Map<String, String>> change, boolean removesEmptyNode) {
        Stat unused = retryOnConflict(what, () -> {
            Map<String, String> configs = Map.of();
            Stat stat = new Stat();
            boolean exists = true;
            try {
                configs = ZNodeJson.config(curator.getData().storingStatIn(stat).forPath(path));
            } catch (NoNodeException e) {
                exists = false;
            }
            Map<String, String> settings = change.apply(configs);
            byte[] changed = ZNodeJson.config(settings);
            NodeLimits.checkConfigs(ErrorCode.INVALID_CONFIG, what, changed);
            if (settings.isEmpty() && removesEmptyNode) {
                if (exists) {
                    curator.delete().withVersion(stat.getVersion()).forPath(path);
                }
            } else if (exists) {
                curator.setData().withVersion(stat.getVersion()).forPath(path, changed);
            } else {
                curator.create().creatingParentsIfNeeded().forPath(path, changed);
            }
            return stat;
        });
    }
}
