package io.tailrace.server.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScrapeValueTest {
    private long nowMs = Long.MIN_VALUE + 5;
    private int reads;
    private boolean fails;
    private final ScrapeValue<Integer> value = new ScrapeValue<>(this::read, () -> nowMs);

    private int read() {
        reads++;
        if (fails) {
            throw new IllegalStateException("scripted");
        }
        return reads;
    }

    @Test
    void isReadOnceForAScrape() {
        assertThat(value.get()).isEqualTo(1);
        nowMs += ScrapeValue.AGE_MS_MAX;
        assertThat(value.get()).isEqualTo(1);
        nowMs++;
        assertThat(value.get()).isEqualTo(2);
    }

    @Test
    void isReadAgainAfterAFailure() {
        fails = true;
        assertThatThrownBy(value::get).hasMessage("scripted");
        fails = false;
        assertThat(value.get()).isEqualTo(2);
    }
}
