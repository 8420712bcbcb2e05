package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.engine.mapreduce.TaskJson.MapResult;
import io.tailrace.loader.engine.mapreduce.TaskJson.Numbered;
import io.tailrace.loader.plan.OffsetSet;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.task.ErrorLimit;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskJsonTest {
    private static final long SEED = 3;
    private static final Path STAGING = new Path("hdfs://namenode:8020/tailrace/_tailrace/access-log/staging/run");

    @Test
    void tasksComeBackEqual() throws IOException {
        OffsetSet excluded = new OffsetSet(5);
        List.of(5L, 6L, 68L, 200L).forEach(excluded::add);
        List<TaskSpec> tasks = List.of(Tasks.task(0, STAGING, 10), excluding(excluded));

        assertThat(TaskJson.specs(TaskJson.encode(tasks), "test")).isEqualTo(tasks);
    }

    private static TaskSpec excluding(OffsetSet excluded) {
        return new TaskSpec(
                Tasks.task(1, STAGING, 10).range(),
                0,
                1,
                2,
                null,
                "time",
                STAGING,
                Tasks.task(1, STAGING, 1).parquet(),
                new ErrorLimit(1, true),
                7,
                excluded);
    }

    /** A reload of many hours may leave out a good part of the offsets of each task, in any pattern. */
    @ParameterizedTest
    @CsvSource({"1000000, 2, 180000", "1000000, 10000, 5000", "1000000, 1, 1000"})
    void excludedOffsetsTakeLittleSpace(int offsets, int oneOf, int bytesMax) throws IOException {
        Random random = new Random(SEED);
        OffsetSet excluded = new OffsetSet(5_000_000_000L);
        for (int i = 0; i < offsets; i++) {
            if (random.nextInt(oneOf) == 0) {
                excluded.add(excluded.from() + i);
            }
        }
        List<TaskSpec> tasks = List.of(excluding(excluded));
        int others = TaskJson.encode(List.of(excluding(new OffsetSet(0)))).length;

        byte[] json = TaskJson.encode(tasks);

        assertThat(json.length - others).isLessThan(bytesMax);
        assertThat(TaskJson.specs(json, "test")).isEqualTo(tasks);
    }

    @Test
    void splitsComeBackEqual() throws IOException {
        TaskSplit split = new TaskSplit(List.of(Tasks.task(0, STAGING, 10), Tasks.task(1, STAGING, 20)), 3000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        split.write(new DataOutputStream(out));

        TaskSplit read = new TaskSplit();
        read.readFields(new DataInputStream(new ByteArrayInputStream(out.toByteArray())));

        assertThat(read.tasks()).isEqualTo(split.tasks());
        assertThat(read.getLength()).isEqualTo(3000);
    }

    @Test
    void resultsComeBackEqual() throws IOException {
        MapResult result = new MapResult(List.of(new Numbered(3, new TaskResult(List.of(file()), 12_345))));

        assertThat(TaskJson.decode(TaskJson.encode(result), MapResult.class, "test"))
                .isEqualTo(result);
    }

    private static StagedFile file() {
        DataFile file = new DataFile(
                TableKind.ROWS,
                new PathPartition("2015-05-17", "09"),
                DataFile.FIRST_GENERATION,
                "access-log-0-5-14.parquet",
                10,
                900,
                List.of(new DataFile.Span(0, 5, 14)));
        return new StagedFile(file, "rows-3-0-0.parquet");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"number\":1}",
                "{\"number\":1,\"result\":{\"files\":[],\"valueBytes\":1},\"more\":1}",
                "{\"number\":1,\"number\":1,\"result\":{\"files\":[],\"valueBytes\":1}}",
                "{\"number\":\"1\",\"result\":{\"files\":[],\"valueBytes\":1}}",
                "{\"number\":1.5,\"result\":{\"files\":[],\"valueBytes\":1}}",
                "{\"number\":1,\"result\":{\"files\":[null],\"valueBytes\":1}}",
                "{\"number\":1,\"result\":{\"files\":[],\"valueBytes\":1}} 2"
            })
    void refusesAnythingElse(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> TaskJson.decode(bytes, Numbered.class, "result of map 7"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot read result of map 7: ");
    }
}
