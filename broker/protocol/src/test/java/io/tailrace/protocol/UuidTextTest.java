package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class UuidTextTest {
    @Test
    void formatsLikeKafka() {
        for (int i = 0; i < 1000; i++) {
            UUID id = UUID.randomUUID();
            String theirs = new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()).toString();

            assertThat(UuidText.of(id)).isEqualTo(theirs);
            assertThat(UuidText.parse(theirs)).isEqualTo(id);
        }
    }

    @Test
    void namesAnInvalidId() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UuidText.parse("AAAA"))
                .withMessageContaining("'AAAA'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UuidText.parse("not base64!"))
                .withMessageContaining("'not base64!'");
    }
}
