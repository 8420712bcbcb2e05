package io.tailrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicKeysTest {
    /** Settings that Kafka no longer lists, but that older tools still send. */
    private static final Set<String> OF_OLDER_KAFKA = Set.of(
            "message.format.version",
            "message.timestamp.difference.max.ms",
            "follower.replication.throttled.replicas",
            "leader.replication.throttled.replicas");

    @Test
    void everySettingOfKafkaIsKnown() throws IllegalAccessException {
        Set<String> kafkas = new TreeSet<>(OF_OLDER_KAFKA);
        for (Field field : TopicConfig.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getName().endsWith("_CONFIG")) {
                kafkas.add((String) field.get(null));
            }
        }

        assertThat(TopicKeys.all().stream().map(TopicKey::name)).containsAll(kafkas);
    }

    @Test
    void everyDefaultIsAValidValue() {
        Map<String, String> defaults = TopicKeys.all().stream()
                .collect(Collectors.toMap(
                        TopicKey::name, key -> String.valueOf(key.key().defaultText())));

        assertThatCode(() -> TopicKeys.check(defaults, defaults)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    segment.bytes                   | 1024
                    cleanup.policy                  | compact, delete
                    min.cleanable.dirty.ratio       | 1
                    min.cleanable.dirty.ratio       | 1.0E-4
                    preallocate                     | True
                    unclean.leader.election.enable  | FALSE
                    message.format.version          | 2.8
                    message.format.version          | 0.10.2-IV0
                    remote.storage.enable           | False
                    compression.type                | zstd
                    compression.gzip.level          | 9
                    local.retention.ms              | -2
                    """)
    void accepts(String name, String value) {
        assertThatCode(() -> check(Map.of(name, value))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    segment.bytes                   | much   | a whole number, 14 or more
                    min.cleanable.dirty.ratio       | 1.5    | a number from 0 to 1
                    min.cleanable.dirty.ratio       | NaN    | a number from 0 to 1
                    max.compaction.lag.ms           | 0      | a whole number, 1 or more
                    segment.jitter.ms               | -1     | a whole number, 0 or more
                    preallocate                     | yes    | true or false
                    message.format.version          | newest | a version of Kafka, such as 2.8 or 3.0-IV1
                    remote.storage.enable           | true   | false, since brokers have no remote storage
                    compression.type                | brotli | one of gzip, lz4, producer, snappy, uncompressed, zstd
                    compression.gzip.level          | 0      | -1, or a whole number from 1 to 9
                    compression.lz4.level           | 18     | a whole number, from 1 to 17
                    """)
    void refusesByNameWithWhatWasExpected(String name, String value, String expected) {
        assertThatThrownBy(() -> check(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(name + "=" + value + ": expected " + expected);
    }

    @Test
    void refusesAnUnknownNameAndListsTheKnownOnes() {
        assertThatThrownBy(() -> check(Map.of("segment.byte", "1024")))
                .hasMessageStartingWith("unknown topic setting segment.byte: expected one of cleanup.policy, ");
    }

    @Test
    void refusesCompactionLagsThatContradictEachOther() {
        Map<String, String> both = Map.of("min.compaction.lag.ms", "3", "max.compaction.lag.ms", "2");

        assertThatThrownBy(() -> TopicKeys.check(Map.of("max.compaction.lag.ms", "2"), both))
                .hasMessage("min.compaction.lag.ms=3: expected at most max.compaction.lag.ms, which is 2");
        assertThatCode(() -> TopicKeys.check(Map.of("flush.ms", "2"), both)).doesNotThrowAnyException();
    }

    private static void check(Map<String, String> settings) {
        TopicKeys.check(settings, settings);
    }
}
