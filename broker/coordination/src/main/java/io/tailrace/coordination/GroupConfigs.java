package io.tailrace.coordination;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Settings of consumer groups, below {@code /config/groups}, in the layout that settings of topics and brokers have. A change is
 * stored when its method returns, and in force once an image shows it in {@link ClusterImage#groupConfigs}.
 *
 * <p>Calls block: not for an event loop. Thread-safe.
 */
public final class GroupConfigs {
    private final ConditionalWrites writes;

    public GroupConfigs(ZooKeeperSession session) {
        writes = new ConditionalWrites(session);
        session.createIfMissing(ZNodes.GROUP_CONFIGS, new byte[0]);
    }

    /**
     * Changes settings of a group, atomically. The group need not exist.
     *
     * @param group not empty
     * @param change maps the current settings to the new ones; called again after a conflict with another change
     * @throws TopicException INVALID_CONFIG if the settings do not fit in a node; or as {@code change} does
     * @throws CoordinationException if ZooKeeper does not answer
     */
    public void configure(String group, UnaryOperator<Map<String, String>> change) {
        writes.configureOrRemove("configure group " + group, ZNodes.groupConfig(group), change);
    }
}
