package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreeArraysTest {
    private static final int SIZE = 1 << 20;

    private final FreeArrays free = new FreeArrays();

    @Test
    void fourMebibytesAreKept() {
        List<byte[]> arrays = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            arrays.add(new byte[SIZE]);
            free.giveBack(arrays.get(i));
        }
        for (int kept = 3; kept >= 0; kept--) {
            assertThat(free.take(SIZE)).isSameAs(arrays.get(kept));
        }
        assertThat(free.take(SIZE)).isNotSameAs(arrays.get(4)).hasSize(SIZE);
    }

    @Test
    void anArrayIsGivenBackOnce() {
        byte[] array = new byte[SIZE];
        free.giveBack(array);

        assertThatIllegalStateException().isThrownBy(() -> free.giveBack(array));
    }

    @Test
    void anotherSizeMakesWay() {
        byte[] array = new byte[SIZE];
        free.giveBack(new byte[4 * SIZE]);

        assertThat(free.take(SIZE)).hasSize(SIZE);
        free.giveBack(array);

        assertThat(free.take(SIZE)).isSameAs(array);
    }
}
