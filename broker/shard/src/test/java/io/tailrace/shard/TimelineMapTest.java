package io.tailrace.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TimelineMapTest {
    private final Timeline timeline = new Timeline();
    private final TimelineMap<String, Integer> map = new TimelineMap<>(timeline);

    @Test
    void anUncommittedValueIsNewestAndNotCommitted() {
        timeline.commit(1);
        timeline.startRecord(0);
        map.put("a", 1);
        timeline.startRecord(1);
        map.put("a", 2);
        map.put("b", 3);

        assertThat(map.get("a")).isEqualTo(2);
        assertThat(map.committed("a")).isEqualTo(1);
        assertThat(map.committed("b")).isNull();
        assertThat(map.committedKeys()).containsExactly("a");

        timeline.commit(2);

        assertThat(map.committed("a")).isEqualTo(2);
        assertThat(map.committedKeys()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aRemovedKeyStaysCommittedUntilItsRemovalIs() {
        timeline.commit(1);
        timeline.startRecord(0);
        map.put("a", 1);
        timeline.startRecord(1);
        map.remove("a");

        assertThat(map.get("a")).isNull();
        assertThat(map.committed("a")).isEqualTo(1);

        timeline.commit(2);

        assertThat(map.committed("a")).isNull();
        assertThat(map.size()).isZero();
    }

    /** Against a copy of the map after each record. The seed is the number of the repetition. */
    @RepeatedTest(200)
    void theCommittedContentIsThatOfTheLastCommittedRecord(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Map<String, Integer> model = new HashMap<>();
        TreeMap<Long, Map<String, Integer>> after = new TreeMap<>(Map.of(-1L, Map.of()));
        long committed = 0;
        for (long offset = 0; offset < 200; offset += 1 + random.nextInt(3)) {
            timeline.startRecord(offset);
            for (int change = random.nextInt(4); change > 0; change--) {
                String key = "k" + random.nextInt(6);
                if (random.nextBoolean()) {
                    int value = random.nextInt();
                    map.put(key, value);
                    model.put(key, value);
                } else {
                    map.remove(key);
                    model.remove(key);
                }
            }
            after.put(offset, Map.copyOf(model));
            if (random.nextInt(3) == 0) {
                committed += random.nextInt((int) (offset + 2 - committed));
                timeline.commit(committed);
            }
            Map<String, Integer> expected = after.lowerEntry(committed).getValue();
            assertThat(map.committedKeys()).isEqualTo(expected.keySet());
            expected.forEach((key, value) -> assertThat(map.committed(key)).isEqualTo(value));
            assertThat(map.newest()).isEqualTo(model);
        }
    }
}
