package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private final List<String> exhausted = new ArrayList<>();
    private final ByteBudget budget = new ByteBudget("test", 100, each -> exhausted.add(each.name()));

    @Test
    void addedBytesMayExceedTheBound() {
        budget.add(90);
        assertThat(budget.isExhausted()).isFalse();
        budget.add(20);
        budget.add(20);

        assertThat(budget.isExhausted()).isTrue();
        assertThat(budget.usedBytes()).isEqualTo(130);
        assertThat(budget.exhaustions()).as("exceeded once").isEqualTo(1);
        assertThat(exhausted).containsExactly("test");
        budget.release(130);
        assertThat(budget.isExhausted()).isFalse();
        assertThatThrownBy(() -> budget.release(1)).isInstanceOf(IllegalStateException.class);
    }
}
