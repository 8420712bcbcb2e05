package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class TaskReaderTest {
    private static final Path STAGING = new Path("/staging");

    @Test
    void progressCountsOffsetsOfAllTasks() {
        TaskReader reader = new TaskReader();
        reader.read(List.of(Tasks.task(0, STAGING, 30), Tasks.task(1, STAGING, 10)));
        assertThat(reader.getProgress()).isZero();

        reader.loaded(15);
        assertThat(reader.getProgress()).isEqualTo(15 / 40f);

        // Not every offset has a record.
        reader.next();
        assertThat(reader.getProgress()).isEqualTo(30 / 40f);
        assertThat(reader.getCurrentValue().number()).isEqualTo(1);

        reader.next();
        assertThat(reader.nextKeyValue()).isFalse();
        assertThat(reader.getProgress()).isEqualTo(1);
    }
}
