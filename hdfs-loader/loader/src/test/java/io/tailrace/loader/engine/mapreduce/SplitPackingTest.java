package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitPackingTest {

    @Test
    void fillsSplitsUpToTheLimit() {
        assertThat(pack(100, 60L, 50L, 40L, 30L, 20L))
                .containsExactly(List.of(60L, 20L), List.of(50L, 40L), List.of(30L));
    }

    @Test
    void givesALargeTaskASplitToItself() {
        assertThat(pack(100, 10L, 250L)).containsExactly(List.of(250L), List.of(10L));
    }

    @Test
    void putsManySmallTasksIntoOneSplit() {
        assertThat(pack(100, 1L, 0L, 1L, 1L)).containsExactly(List.of(1L, 1L, 1L, 0L));
    }

    @Test
    void packsNothingIntoNoSplit() {
        assertThat(pack(100)).isEmpty();
    }

    @Test
    void packsEachTaskOnceAndNoTwoSplitsFitIntoOne() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            List<Long> sizes = random.longs(random.nextInt(50), 0, 300).boxed().toList();

            List<List<Long>> splits = SplitPacking.pack(sizes, Long::longValue, 200);

            List<Long> packed =
                    new ArrayList<>(splits.stream().flatMap(List::stream).toList());
            List<Long> expected = new ArrayList<>(sizes);
            Collections.sort(packed);
            Collections.sort(expected);
            assertThat(packed).isEqualTo(expected);
            assertThat(splits).allMatch(split -> split.size() == 1 || bytes(split) <= 200);
            for (int i = 0; i < splits.size(); i++) {
                for (int j = i + 1; j < splits.size(); j++) {
                    assertThat(bytes(splits.get(i)) + bytes(splits.get(j)))
                            .as("%s", splits)
                            .isGreaterThan(200);
                }
            }
        }
    }

    private static long bytes(List<Long> split) {
        return split.stream().mapToLong(Long::longValue).sum();
    }

    private static List<List<Long>> pack(long bytesMax, Long... sizes) {
        return SplitPacking.pack(List.of(sizes), Long::longValue, bytesMax);
    }
}
