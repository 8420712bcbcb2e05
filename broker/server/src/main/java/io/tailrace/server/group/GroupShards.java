package io.tailrace.server.group;

import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.ConsumerSettings;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetSettings;
import io.tailrace.groups.rules.GroupRules;
import io.tailrace.server.config.GroupConfig;
import io.tailrace.server.config.GroupOverrides;
import io.tailrace.server.shard.ShardKind;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The shards of groups. Thread-safe. */
public final class GroupShards implements ShardKind<GroupsShard> {
    private final Supplier<ClusterSnapshot> cluster;
    private final Supplier<Map<String, Map<String, String>>> groupConfigs;
    private final GroupConfig config;
    private final GroupOverrides overrides;
    private volatile Current current;

    /** Settings and the inputs that they were made from. */
    private record Current(Map<String, Map<String, String>> groupConfigs, GroupSettings settings) {}

    /**
     * Shards that know the cluster and the broker's settings.
     *
     * @param groupConfigs the settings of groups that have some, by group id
     */
    public GroupShards(
            Supplier<ClusterSnapshot> cluster,
            Supplier<Map<String, Map<String, String>>> groupConfigs,
            GroupConfig config) {
        this.cluster = cluster;
        this.groupConfigs = groupConfigs;
        this.config = config;
        this.overrides = new GroupOverrides(config.consumer());
        this.current = new Current(Map.of(), settings(Map.of()));
    }

    private GroupSettings settings(Map<String, Map<String, String>> configs) {
        GroupConfig.Classic classic = config.classic();
        return new GroupSettings(
                new ClassicSettings(
                        classic.sessionTimeoutMs().min(),
                        classic.sessionTimeoutMs().max(),
                        classic.initialRebalanceDelayMs(),
                        classic.membersMax()),
                consumerSettings(configs),
                new OffsetSettings(config.metadataBytesMax(), config.retentionMs(), config.retentionCheckIntervalMs()));
    }

    private ConsumerSettings consumerSettings(Map<String, Map<String, String>> configs) {
        GroupConfig.Consumer consumer = config.consumer();
        Map<String, ConsumerSettings.Timing> timingByGroup = new HashMap<>();
        configs.forEach((group, own) -> timingByGroup.put(group, timing(overrides.timing(own))));
        return new ConsumerSettings(
                timing(consumer.timing()),
                timingByGroup,
                consumer.membersMax(),
                consumer.assignors(),
                new ConsumerSettings.Migration(
                        consumer.migration().upgrade(), consumer.migration().downgrade()),
                consumer.regexRefreshMs());
    }

    private static ConsumerSettings.Timing timing(GroupConfig.Timing timing) {
        return new ConsumerSettings.Timing(timing.sessionTimeoutMs(), timing.heartbeatIntervalMs());
    }

    @Override
    public String topic() {
        return GroupCoordinator.TOPIC;
    }

    @Override
    public GroupsShard create() {
        return GroupRules.emptyShard(cluster.get(), currentSettings());
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // Snapshots and settings are replaced as a whole.
    public void refresh(GroupsShard state) {
        ClusterSnapshot newest = cluster.get();
        if (state.cluster() != newest) {
            state.clusterChanged(newest);
        }
        GroupSettings settings = currentSettings();
        if (state.settings() != settings) {
            state.settingsChanged(settings);
        }
    }

    @SuppressWarnings("ReferenceEquality") // The usual case: the cluster's image is the same.
    private GroupSettings currentSettings() {
        Current known = current;
        Map<String, Map<String, String>> configs = groupConfigs.get();
        if (known.groupConfigs != configs) {
            boolean isSame = known.groupConfigs.equals(configs);
            known = new Current(configs, isSame ? known.settings : settings(configs));
            current = known;
        }
        return known.settings;
    }
}
