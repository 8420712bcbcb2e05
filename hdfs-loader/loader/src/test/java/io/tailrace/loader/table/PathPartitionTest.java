package io.tailrace.loader.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class PathPartitionTest {

    @Test
    void namesTheHourInUtc() {
        PathPartition hour =
                PathPartition.of(Instant.parse("2015-05-17T09:59:59.999Z").toEpochMilli());

        assertThat(hour.path()).isEqualTo("dt=2015-05-17/hr=09");
        assertThat(PathPartition.parse(hour.path())).isEqualTo(hour);
    }

    @Test
    void acceptsTimesUpToTheYear9999() {
        long last = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

        assertThat(PathPartition.of(last).path()).isEqualTo("dt=9999-12-31/hr=23");
        assertThatThrownBy(() -> PathPartition.of(last + 1)).hasMessageContaining(String.valueOf(last + 1));
        assertThat(PathPartition.nearestMs(last + 1)).isEqualTo(last);
        assertThat(PathPartition.nearestMs(-1)).isZero();
    }
}
