package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private final List<String> exhausted = new ArrayList<>();
    private final List<String> woken = new ArrayList<>();
    private final ByteBudget budget = new ByteBudget("test", 100, each -> exhausted.add(each.name()));

    @Test
    void reservesUpToTheBound() {
        assertThat(budget.reserveOrWait(100, () -> woken.add("a"))).isTrue();
        assertThat(budget.isExhausted()).isTrue();
        assertThat(exhausted).isEmpty();
        budget.release(1);
        assertThat(budget.isExhausted()).isFalse();
        assertThat(woken).isEmpty();
    }

    @Test
    void wakesEveryWaiterOnceWhenBytesAreReleased() {
        Runnable first = () -> woken.add("first");
        assertThat(budget.reserveOrWait(60, first)).isTrue();
        assertThat(budget.reserveOrWait(50, first)).isFalse();
        assertThat(budget.reserveOrWait(50, first)).isFalse();
        assertThat(budget.reserveOrWait(60, () -> woken.add("second"))).isFalse();
        assertThat(budget.isExhausted()).as("there is room, but others wait").isTrue();

        budget.release(60);
        assertThat(woken).containsExactly("first", "second");
        assertThat(budget.isExhausted()).isFalse();
        assertThat(exhausted).containsExactly("test", "test", "test");
        assertThat(budget.exhaustions()).isEqualTo(3);
    }

    @Test
    void cancelledWaiterIsNotWoken() {
        Runnable waiter = () -> woken.add("cancelled");
        assertThat(budget.reserveOrWait(101, waiter)).isFalse();
        budget.cancel(waiter);
        budget.add(1);
        budget.release(1);

        assertThat(woken).isEmpty();
    }

    @Test
    void evictsHoldersInTheOrderOfTheirFirstReservation() {
        Runnable released = () -> woken.add("released");
        budget.addHolder(released);
        budget.addHolder(() -> woken.add("first"));
        budget.addHolder(() -> woken.add("second"));
        budget.removeHolder(released);
        budget.evictOldest();
        budget.evictOldest();
        budget.evictOldest();

        assertThat(woken).containsExactly("first", "second");
    }

    @Test
    void addedBytesMayExceedTheBound() {
        budget.add(90);
        budget.add(20);
        budget.add(20);

        assertThat(budget.usedBytes()).isEqualTo(130);
        assertThat(budget.exhaustions()).as("exceeded once").isEqualTo(1);
        budget.release(130);
        assertThatThrownBy(() -> budget.release(1)).isInstanceOf(IllegalStateException.class);
    }
}
