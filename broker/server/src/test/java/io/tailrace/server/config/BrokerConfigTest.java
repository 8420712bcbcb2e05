package io.tailrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.config.ConfigException;
import io.tailrace.log.LogConfig;
import io.tailrace.protocol.record.BatchRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokerConfigTest {

    @Test
    void defaultsMatchKafka() {
        BrokerConfig config = BrokerConfig.of(Map.of("broker.id", "1"));

        assertThat(config.listeners()).containsExactly(new Listener("PLAINTEXT", "", 9092));
        assertThat(config.topicDefaults().with(Map.of()).log()).isEqualTo(LogConfig.DEFAULTS);
        assertThat(config.topicDefaults().with(Map.of()).messageBytesMax()).isEqualTo(1_048_588);
        assertThat(config.groups().partitions()).isEqualTo(50);
    }

    @Test
    void brokerWithoutIdIsRefused() {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("broker.id is required");
    }

    @Test
    void unknownKeysAndBadValuesAreNamed() {
        assertThatThrownBy(() -> with("log.retention.huors", "1")).hasMessageContaining("log.retention.huors");
        assertThatThrownBy(() -> with("log.cleanup.policy", "shred"))
                .hasMessageContaining("log.cleanup.policy=shred: expected delete, compact, or compact,delete");
        assertThatThrownBy(() -> with("listeners", "9092")).hasMessageContaining("listeners=9092: expected NAME://");
        assertThatThrownBy(() -> with("listeners", "SSL://:9093")).hasMessageContaining("not supported yet");
        assertThatThrownBy(() -> with("listeners", "A://:1,A://:2")).hasMessageContaining("each name once");
        assertThatThrownBy(() -> with("advertised.listeners", "OUTSIDE://h:1")).hasMessageContaining("OUTSIDE");
        assertThatThrownBy(() -> with("log.dirs", "a,a")).hasMessageContaining("log.dirs");
        assertThatThrownBy(() -> with("num.network.threads", "0")).hasMessageContaining("from 1 to 1024");
    }

    @Test
    void rackAwareSelectorIsTheOnlyOne() {
        String rackAware = "org.apache.kafka.common.replica.RackAwareReplicaSelector";
        assertThat(with("replica.selector.class", rackAware).replication().isRackAware())
                .isTrue();
        assertThat(with("replica.selector.class", "").replication().isRackAware())
                .isFalse();
        assertThatThrownBy(() -> with("replica.selector.class", "com.example.Nearest"))
                .hasMessageContaining("replica.selector.class=com.example.Nearest: expected nothing, or " + rackAware);
    }

    @Test
    void keyInTheFinerUnitWins() {
        assertThat(retentionMs(Map.of("log.retention.hours", "1"))).isEqualTo(3_600_000);
        assertThat(retentionMs(Map.of("log.retention.hours", "1", "log.retention.minutes", "5")))
                .isEqualTo(300_000);
        assertThat(retentionMs(Map.of("log.retention.minutes", "5", "log.retention.ms", "7")))
                .isEqualTo(7);
        assertThat(retentionMs(Map.of("log.retention.hours", "-1"))).isEqualTo(LogConfig.UNLIMITED);
    }

    @Test
    void topicSettingsOverrideBrokerDefaults() {
        TopicDefaults defaults = with("log.retention.ms", "7").topicDefaults();

        assertThat(defaults.with(Map.of("retention.ms", "9")).log().retention().ageMs())
                .isEqualTo(9);
        assertThat(defaults.with(Map.of("flush", "ack")).log().flush().beforeAck())
                .isTrue();
        assertThat(defaults.with(Map.of("cleanup.policy", "compact"))
                        .log()
                        .retention()
                        .ageMs())
                .as("a compacted topic deletes nothing by age")
                .isEqualTo(LogConfig.UNLIMITED);
        assertThat(defaults.all().get("retention.ms"))
                .isEqualTo(new TopicDefaults.Default("7", "log.retention.ms", true));
    }

    @Test
    void deprecatedTimestampDifferenceAppliesWhereTheNewerSettingsAreMissing() {
        TopicDefaults defaults =
                with("log.message.timestamp.before.max.ms", "7").topicDefaults();

        BatchRules both = defaults.with(Map.of("message.timestamp.difference.max.ms", "9"))
                .rules();
        assertThat(both.timestampBeforeMaxMs()).isEqualTo(9);
        assertThat(both.timestampAfterMaxMs()).isEqualTo(9);
        BatchRules one = defaults.with(
                        Map.of("message.timestamp.difference.max.ms", "9", "message.timestamp.after.max.ms", "5"))
                .rules();
        assertThat(one.timestampBeforeMaxMs()).isEqualTo(9);
        assertThat(one.timestampAfterMaxMs()).isEqualTo(5);
        assertThat(defaults.with(Map.of()).rules().timestampBeforeMaxMs()).isEqualTo(7);
    }

    @Test
    void compactionSettingsReachTheLog() {
        TopicDefaults defaults = with("log.cleaner.min.compaction.lag.ms", "3").topicDefaults();

        LogConfig.Compaction compaction = defaults.with(Map.of(
                        "cleanup.policy",
                        "compact",
                        "min.cleanable.dirty.ratio",
                        "0.25",
                        "max.compaction.lag.ms",
                        "4",
                        "delete.retention.ms",
                        "5"))
                .log()
                .compaction();

        assertThat(compaction).isEqualTo(new LogConfig.Compaction(true, 0.25, 3, 4, 5));
        assertThat(defaults.with(Map.of()).log().compaction().enabled()).isFalse();
    }

    @Test
    void groupSettingsHaveKafkasDefaultsAndAreCheckedTogether() {
        GroupConfig groups = with("group.consumer.migration.policy", "UPGRADE").groups();

        assertThat(groups.classic())
                .isEqualTo(new GroupConfig.Classic(new GroupConfig.Bounds(6_000, 1_800_000), 3_000, Integer.MAX_VALUE));
        assertThat(groups.consumer().timing()).isEqualTo(new GroupConfig.Timing(45_000, 5_000));
        assertThat(groups.consumer().assignors()).containsExactly("uniform", "range");
        assertThat(groups.consumer().migration()).isEqualTo(new GroupConfig.Migration(true, false));
        assertThatThrownBy(() -> with("group.min.session.timeout.ms", "1800001"))
                .hasMessageContaining("group.min.session.timeout.ms must be at most group.max.session.timeout.ms");
        assertThatThrownBy(() -> with("group.consumer.session.timeout.ms", "44999"))
                .hasMessageContaining("group.consumer.session.timeout.ms must be from 45000 to 60000, is 44999");
        assertThatThrownBy(() -> with("group.consumer.assignors", "range,range"))
                .hasMessageContaining("group.consumer.assignors=range,range: expected uniform, range, or both");
        assertThatThrownBy(() -> with("group.consumer.migration.policy", "sideways"))
                .hasMessageContaining("expected one of bidirectional, disabled, downgrade, upgrade");
    }

    @Test
    void listenersMayHaveIpv6Addresses() {
        assertThat(with("listeners", "IN://[::1]:0, OUT://0.0.0.0:9094").listeners())
                .isEqualTo(List.of(new Listener("IN", "::1", 0), new Listener("OUT", "0.0.0.0", 9094)));
    }

    private static long retentionMs(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("broker.id", "1");
        return BrokerConfig.of(all)
                .topicDefaults()
                .with(Map.of())
                .log()
                .retention()
                .ageMs();
    }

    private static BrokerConfig with(String key, String text) {
        return BrokerConfig.of(Map.of("broker.id", "1", key, text));
    }
}
