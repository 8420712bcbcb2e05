package io.tailrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.server.config.GroupConfig.Timing;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of groups on a broker that allows session timeouts from 2 s to 60 s, and heartbeats from 1 s to 15 s. */
class GroupOverridesTest {
    private final GroupOverrides settings = of(Map.of(
            "group.consumer.min.session.timeout.ms", "2000",
            "group.consumer.min.heartbeat.interval.ms", "1000"));

    private static GroupOverrides of(Map<String, String> broker) {
        Map<String, String> all = new HashMap<>(broker);
        all.put("broker.id", "1");
        return new GroupOverrides(BrokerConfig.of(all).groups().consumer());
    }

    @Test
    void groupWithoutSettingsHasThoseOfTheBroker() {
        assertThat(settings.timing(Map.of())).isEqualTo(new Timing(45_000, 5_000));
    }

    @Test
    void groupOverridesTheBroker() {
        assertThat(settings.timing(
                        Map.of("consumer.session.timeout.ms", "6000", "consumer.heartbeat.interval.ms", "2000")))
                .isEqualTo(new Timing(6_000, 2_000));
        assertThat(settings.timing(Map.of("consumer.session.timeout.ms", "6000")))
                .isEqualTo(new Timing(6_000, 5_000));
    }

    @Test
    void storedValuesThatTheBrokerNoLongerAllowsAreBounded() {
        assertThat(settings.timing(Map.of("consumer.session.timeout.ms", "90000")))
                .isEqualTo(new Timing(60_000, 5_000));
        assertThat(settings.timing(Map.of("consumer.heartbeat.interval.ms", "1")))
                .isEqualTo(new Timing(45_000, 1_000));
        assertThat(settings.timing(Map.of("consumer.session.timeout.ms", "soon")))
                .isEqualTo(new Timing(45_000, 5_000));
        assertThat(settings.timing(Map.of("consumer.session.timeout.ms", "5000")))
                .as("a session must outlast a heartbeat")
                .isEqualTo(new Timing(45_000, 5_000));
    }

    @Test
    void everyDefaultIsAValidValue() {
        Map<String, String> defaults = settings.keys().stream()
                .collect(Collectors.toMap(key -> key.name(), key -> String.valueOf(key.defaultText())));

        assertThatCode(() -> settings.check(defaults, defaults)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    consumer.session.timeout.ms    | 1999           | from 2000 to 60000
                    consumer.session.timeout.ms    | 60001          | from 2000 to 60000
                    consumer.heartbeat.interval.ms | 999            | from 1000 to 15000
                    share.isolation.level          | serializable   | one of read_committed, read_uncommitted
                    share.auto.offset.reset        | by_duration:1h | latest, earliest, or by_duration: and an ISO duration
                    share.delivery.count.limit     | 1              | 2 or more
                    """)
    void refusesByNameWithWhatWasExpected(String name, String value, String expected) {
        assertThatThrownBy(() -> check(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + "=" + value + ": expected ")
                .hasMessageContaining(expected);
    }

    @Test
    void refusesAnUnknownName() {
        assertThatThrownBy(() -> check(Map.of("session.timeout.ms", "6000")))
                .hasMessageStartingWith(
                        "unknown group setting session.timeout.ms: expected one of consumer.session.timeout.ms, ");
    }

    @Test
    void refusesASessionThatDoesNotOutlastAHeartbeat() {
        assertThatThrownBy(() -> check(Map.of("consumer.session.timeout.ms", "5000")))
                .hasMessage("consumer.heartbeat.interval.ms=5000: expected less than consumer.session.timeout.ms,"
                        + " which is 5000");
        assertThatCode(() ->
                        check(Map.of("consumer.session.timeout.ms", "5000", "consumer.heartbeat.interval.ms", "4999")))
                .doesNotThrowAnyException();
    }

    private void check(Map<String, String> all) {
        settings.check(all, all);
    }
}
