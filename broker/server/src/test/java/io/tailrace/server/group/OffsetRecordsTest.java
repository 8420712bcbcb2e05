package io.tailrace.server.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class OffsetRecordsTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void keysMatchApacheKafka() {
        byte[] key = OffsetRecords.key("g", new TopicPartition("t", 3));

        assertThat(HEX.formatHex(key)).isEqualTo("0001" + "000167" + "000174" + "00000003");
        assertThat(OffsetRecords.parseKey(ByteBuffer.wrap(key)))
                .contains(new OffsetRecords.Key("g", new TopicPartition("t", 3)));
    }

    @Test
    void valuesMatchApacheKafka() {
        CommittedOffset committed = new CommittedOffset(5, 2, "n", 0x1234);
        byte[] value = OffsetRecords.value(committed);

        assertThat(HEX.formatHex(value))
                .isEqualTo("0003" + "0000000000000005" + "00000002" + "00016e" + "0000000000001234");
        assertThat(OffsetRecords.parseValue(ByteBuffer.wrap(value))).isEqualTo(committed);
    }

    @Test
    void valuesOfOlderVersionsAreParsed() {
        byte[] version1 =
                HEX.parseHex("0001" + "0000000000000005" + "00016e" + "0000000000001234" + "ffffffffffffffff");

        assertThat(OffsetRecords.parseValue(ByteBuffer.wrap(version1)))
                .isEqualTo(new CommittedOffset(5, -1, "n", 0x1234));
    }

    @Test
    void recordsOfGroupMembersAreSkipped() {
        assertThat(OffsetRecords.parseKey(ByteBuffer.wrap(HEX.parseHex("0002000167"))))
                .isEmpty();
    }

    @Test
    void truncatedKeysAreRefused() {
        byte[] key = OffsetRecords.key("group", new TopicPartition("topic", 3));
        for (int length = 0; length < key.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(key, 0, length);
            assertThatThrownBy(() -> OffsetRecords.parseKey(cut))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("truncated");
        }
    }
}
