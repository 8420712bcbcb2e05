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
    void wakesWaitersInOrderWhileThereIsRoom() {
        Runnable large = () -> woken.add("large");
        Runnable small = () -> woken.add("small");
        Runnable last = () -> woken.add("last");
        assertThat(budget.reserveOrWait(60, large)).isTrue();
        assertThat(budget.reserveOrWait(80, large)).isFalse();
        assertThat(budget.reserveOrWait(80, large)).isFalse();
        assertThat(budget.reserveOrWait(20, small)).as("it must not overtake").isFalse();
        assertThat(budget.reserveOrWait(10, last)).isFalse();
        assertThat(budget.isExhausted()).as("there is room, but others wait").isTrue();
        assertThat(budget.exhaustions()).as("one for each reservation").isEqualTo(3);

        budget.release(30);
        assertThat(woken).isEmpty();
        budget.release(30);
        assertThat(woken).containsExactly("large", "small");
        assertThat(budget.usedBytes()).isEqualTo(100);
        assertThat(budget.reserveOrWait(80, large)).isTrue();
        assertThat(budget.usedBytes()).as("it was reserved before the wake").isEqualTo(100);

        budget.cancel(small);
        assertThat(woken).containsExactly("large", "small", "last");
        assertThat(budget.usedBytes()).isEqualTo(90);
        assertThat(budget.isExhausted()).isFalse();
        assertThat(exhausted).containsExactly("test", "test", "test");
    }

    @Test
    void cancelOfTheFirstWaiterWakesTheNext() {
        Runnable large = () -> woken.add("large");
        assertThat(budget.reserveOrWait(60, () -> {})).isTrue();
        assertThat(budget.reserveOrWait(80, large)).isFalse();
        assertThat(budget.reserveOrWait(20, () -> woken.add("small"))).isFalse();
        budget.cancel(large);
        assertThat(woken).containsExactly("small");
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
