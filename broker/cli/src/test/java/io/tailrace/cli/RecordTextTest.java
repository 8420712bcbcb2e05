package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.Header;
import io.tailrace.protocol.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordTextTest {
    private static final byte[] NO_TEXT = {(byte) 0xff, 0};

    private final RecordText plain = new RecordText(Optional.empty());

    @Test
    void textIsShownUnchanged() {
        assertThat(plain.value(record(bytes("grüße")))).isEqualTo("grüße");
        assertThat(plain.json(record(bytes("a"))))
                .isEqualTo("{\"topic\":\"web\",\"partition\":0,\"offset\":5,\"timestamp\":9,\"key\":null,"
                        + "\"value\":\"a\",\"headers\":[{\"key\":\"h\",\"valueBase64\":\"/wA=\"}]}");
    }

    @Test
    void bytesThatAreNotTextAreShownInBase64() {
        assertThat(plain.value(record(NO_TEXT))).isEqualTo("/wA=");
        assertThat(plain.value(record(null))).isEmpty();
    }

    @Test
    void decoderShowsValuesInItsFormat() {
        RecordText decoding = new RecordText(Optional.of(value -> {
            if (value[0] != (byte) 0xff) {
                throw new IllegalArgumentException("not mine");
            }
            return "{\"n\": 1}";
        }));
        assertThat(decoding.value(record(NO_TEXT))).isEqualTo("{\"n\":1}");
        assertThat(decoding.value(record(bytes("a")))).isEqualTo("a");
    }

    private static ConsumerRecord record(byte @Nullable [] value) {
        return new ConsumerRecord(new TopicPartition("web", 0), 5, 9, null, value, List.of(new Header("h", NO_TEXT)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
