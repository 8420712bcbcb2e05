package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.table.PathPartition;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CompleteHourMergeTest {
    private static final long HOUR_MS = 3_600_000;

    @Test
    void choosesTheNewestHours() {
        SortedSet<PathPartition> hours = new TreeSet<>();
        for (int hour = 0; hour < CompleteHourMerge.HOURS_MAX + 20; hour++) {
            hours.add(PathPartition.of(hour * HOUR_MS));
        }

        assertThat(CompleteHourMerge.newest(hours))
                .hasSize(CompleteHourMerge.HOURS_MAX)
                .doesNotContain(PathPartition.of(19 * HOUR_MS))
                .contains(PathPartition.of(20 * HOUR_MS), hours.last());
    }
}
