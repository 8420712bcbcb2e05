package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.engine.mapreduce.TaskJson.Numbered;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.OffsetSet;
import io.tailrace.loader.run.AccessLog;
import io.tailrace.loader.task.ErrorLimit;
import io.tailrace.loader.task.ParquetSettings;
import io.tailrace.loader.task.TaskMemory;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskSpec;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Tasks and results. */
final class Tasks {
    private Tasks() {}

    static TaskSpec task(int number, Path staging, long records) {
        return new TaskSpec(
                new OffsetRange(AccessLog.P0, 5, 5 + records),
                1,
                number,
                0,
                AccessLog.SCHEMA,
                "eventTime",
                staging,
                new ParquetSettings(CompressionCodecName.ZSTD, 1 << 20, new TaskMemory(1 << 24, "", 1L << 30)),
                new ErrorLimit(0.1, false),
                records * 100,
                new OffsetSet(5));
    }

    /** A result of each task, each with the same size. */
    static List<Numbered> results(long valueBytes, int... numbers) {
        return Arrays.stream(numbers)
                .mapToObj(number -> new Numbered(number, new TaskResult(List.of(), valueBytes)))
                .toList();
    }

    static JobParameters parameters(Path staging) {
        return new JobParameters(
                staging, "job-1", "127.0.0.1:9092", "tailrace-loader", URI.create("http://127.0.0.1:8081"), 1 << 30);
    }
}
