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
        assertThat(plain.value(record(bytes("grüße")))).isEqualTo(line("grüße"));
        assertThat(plain.json(record(bytes("a"))))
                .isEqualTo(line("{\"topic\":\"web\",\"partition\":0,\"offset\":5,\"timestamp\":9,\"key\":null,"
                        + "\"value\":\"a\",\"headers\":[{\"key\":\"h\",\"valueBase64\":\"/wA=\"}]}"));
    }

    @Test
    void bytesThatAreNotTextAreShownInBase64() {
        assertThat(plain.value(record(NO_TEXT))).isEqualTo(line("/wA="));
        assertThat(plain.value(record(null))).isEqualTo(line(""));
    }

    @Test
    void valueThatIsNotDecodedIsAFault() {
        RecordText decoding = new RecordText(Optional.of(value -> {
            if (value[0] != (byte) 0xff) {
                throw new IllegalArgumentException("not mine");
            }
            return "{\"n\": 1}";
        }));
        assertThat(decoding.value(record(NO_TEXT))).isEqualTo(line("{\"n\":1}"));
        assertThat(decoding.value(record(null))).isEqualTo(line(""));
        assertThat(decoding.value(record(bytes("a"))))
                .isEqualTo(new RecordText.Line(Optional.empty(), Optional.of("not mine")));
        RecordText.Line json = decoding.json(record(bytes("a")));
        assertThat(json.text().orElse("")).contains("\"valueError\":\"not mine\",\"value\":\"a\"");
        assertThat(json.fault()).contains("not mine");
        assertThat(decoding.json(record(new byte[5])).text().orElse(""))
                .contains("\"valueError\":\"not mine\",\"valueBase64\":\"AAAAAAA=\"");
    }

    private static RecordText.Line line(String text) {
        return new RecordText.Line(Optional.of(text), Optional.empty());
    }

    private static ConsumerRecord record(byte @Nullable [] value) {
        return new ConsumerRecord(new TopicPartition("web", 0), 5, 9, null, value, List.of(new Header("h", NO_TEXT)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
