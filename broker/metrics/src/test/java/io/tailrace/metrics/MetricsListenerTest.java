package io.tailrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsListenerTest {
    @Test
    void thereIsNoEndpointByDefault() {
        assertThat(MetricsListener.KEY.defaultText()).isEmpty();
        assertThat(MetricsListener.KEY.parse("")).isEqualTo(MetricsListener.OFF);
        assertThat(MetricsListener.OFF.isOn()).isFalse();
        assertThat(MetricsListener.OFF).hasToString("");
    }

    @ParameterizedTest
    @CsvSource({
        "':9404',127.0.0.1,9404",
        "0.0.0.0:0,0.0.0.0,0",
        "web-1.example:65535,web-1.example,65535",
        "[::1]:1,::1,1"
    })
    void anAddressHasHostAndPort(String text, String host, int port) {
        MetricsListener listener = MetricsListener.KEY.parse(text);

        assertThat(listener).isEqualTo(new MetricsListener(host, port));
        assertThat(MetricsListener.KEY.parse(listener.toString())).isEqualTo(listener);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9404", "host", "host:", "host:port", "host:65536", "http://host:1", "::1:9404", "a b:1"})
    void anErrorNamesTheKeyAndTheForm(String text) {
        assertThatThrownBy(() -> MetricsListener.KEY.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metrics.listener=" + text
                        + ": expected HOST:PORT, or :PORT for this machine only, or nothing");
    }
}
