package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.ApiMessageType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApiKeyTest {

    @ParameterizedTest
    @EnumSource
    void agreesWithKafka(ApiKey ours) {
        ApiMessageType theirs = ApiMessageType.fromApiKey(ours.number());

        assertThat(ours.name()).isEqualTo(theirs.name());
        assertThat(ApiKey.of(ours.number())).contains(ours);
        for (short version = theirs.lowestSupportedVersion();
                version <= theirs.highestSupportedVersion(true);
                version++) {
            assertThat(ours.flexible(version))
                    .as("%s v%d", ours, version)
                    .isEqualTo(theirs.requestHeaderVersion(version) == 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void advertisesEveryServedVersion(ApiKey api) {
        assertThat(api.advertised().max()).isEqualTo(api.served().max());
        assertThat(api.advertised().min()).isLessThanOrEqualTo(api.served().min());
    }
}
