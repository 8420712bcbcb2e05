package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OffsetMapTest {
    private static ByteBuffer key(int number) {
        return ByteBuffer.wrap(("key-" + number).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void hasTheLatestOffsetOfEachKey() {
        Random random = new Random(1);
        OffsetMap map = new OffsetMap(1 << 20, 5_000);
        Map<Integer, Long> expected = new HashMap<>();
        for (long offset = 0; offset < 20_000; offset++) {
            int number = random.nextInt(5_000);
            assertThat(map.put(key(number), offset)).isTrue();
            expected.put(number, offset);
        }
        expected.forEach((number, offset) -> assertThat(map.get(key(number))).isEqualTo(offset));
        assertThat(map.get(key(5_000))).isEqualTo(OffsetMap.NONE);
    }

    @Test
    void aFullMapRefusesNewKeysAndStillTakesKnownOnes() {
        OffsetMap map = new OffsetMap(100 * OffsetMap.ENTRY_BYTES, Long.MAX_VALUE);
        int keys = 0;
        while (map.put(key(keys), keys)) {
            keys++;
        }
        assertThat(keys).isEqualTo(75);
        assertThat(map.put(key(3), 1_000)).isTrue();
        assertThat(map.put(key(keys), 1_001)).isFalse();
        assertThat(map.get(key(3))).isEqualTo(1_000);
        assertThat(map.get(key(keys))).isEqualTo(OffsetMap.NONE);
    }

    @Test
    void theSmallestMapHoldsOneKeySoThatEveryPassAdvances() {
        OffsetMap map = new OffsetMap(1, 0);
        assertThat(map.get(key(1))).isEqualTo(OffsetMap.NONE);
        assertThat(map.put(key(1), 0)).isTrue();
        assertThat(map.put(key(2), 1)).isFalse();
    }
}
