package io.tailrace.loader.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.run.AccessLog;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.ErrorRow;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableWriterTest {
    private static final PathPartition A = PathPartition.parse("dt=2015-05-17/hr=10");
    private static final PathPartition B = PathPartition.parse("dt=2015-05-17/hr=11");
    private static final PathPartition C = PathPartition.parse("dt=2015-05-17/hr=12");

    @Test
    void closesTheLeastRecentlyUsedFileAtTheLimit(@TempDir java.nio.file.Path dir) throws IOException {
        Path staging = new Path(dir.toUri());
        ParquetSettings settings = new ParquetSettings(CompressionCodecName.UNCOMPRESSED, 1 << 20, 2);
        TaskSpec spec =
                new TaskSpec(new OffsetRange(AccessLog.P0, 0, 5), 0, 0, 0, null, "eventTime", staging, settings, 1);
        TableWriter.Source source = new TableWriter.Source(TableKind.ERRORS, ErrorRow.SCHEMA, spec, "errors-");
        try (Store store = Store.open(staging, new Configuration());
                TableWriter writer = new TableWriter(source, settings, store)) {
            List<PathPartition> hours = List.of(A, B, A, C, B);
            for (int offset = 0; offset < hours.size(); offset++) {
                ConsumerRecord record = new ConsumerRecord(AccessLog.P0, offset, 0, null, null, List.of());
                writer.write(hours.get(offset), offset, ErrorRow.of(record, "no value"));
            }

            assertThat(writer.finish())
                    .extracting(StagedFile::file)
                    .extracting(DataFile::pathPartition, DataFile::name, DataFile::rows)
                    .containsExactly(
                            tuple(B, "access-log-0-1-1.parquet", 1L),
                            tuple(A, "access-log-0-0-2.parquet", 2L),
                            tuple(C, "access-log-0-3-3.parquet", 1L),
                            tuple(B, "access-log-0-4-4.parquet", 1L));
        }
    }
}
