package io.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.schemas.Framing.NotFramedException;
import org.junit.jupiter.api.Test;

class FramingTest {
    @Test
    void aZeroAndTheIdInBigEndianPrecedeTheRecord() throws Exception {
        byte[] framed = Framing.frame(0x01020304, new byte[] {9, 8});

        assertThat(framed).containsExactly(0, 1, 2, 3, 4, 9, 8);
        assertThat(Framing.schemaId(framed)).isEqualTo(0x01020304);
    }

    @Test
    void whatIsNotFramedIsTold() {
        assertThatExceptionOfType(NotFramedException.class)
                .isThrownBy(() -> Framing.schemaId(new byte[4]))
                .withMessageContaining("4 bytes");
        assertThatExceptionOfType(NotFramedException.class)
                .isThrownBy(() -> Framing.schemaId(new byte[] {'{', 0, 0, 0, 1}))
                .withMessageContaining("0x7B");
    }
}
