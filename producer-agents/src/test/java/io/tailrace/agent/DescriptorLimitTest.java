package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorLimitTest {
    @ParameterizedTest
    @CsvSource({"0,256,78", "0,1024,462", "0,1048576,1000", "0,10,8", "8,1024,8", "924,1024,924"})
    void logsLeaveDescriptorsForOthers(int configured, long limit, int expected) {
        assertThat(DescriptorLimit.filesOpenMax(configured, limit)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"7", "925"})
    void whatIsNotPossibleIsRefused(int configured) {
        assertThatThrownBy(() -> DescriptorLimit.filesOpenMax(configured, 1024))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("files.open.max=" + configured + ": expected 8 to 924");
    }

    @Test
    void processHasALimit() {
        assertThat(DescriptorLimit.filesOpenMax(0)).isBetween(8, 1_000);
    }
}
