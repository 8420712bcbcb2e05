package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;

/** What a user sees after a run. */
record Outcome(TestLoader loader, FakeCatalog catalog, String fault) {
    void assertExact(int rows, int errors) throws IOException {
        assertPositions(rows + errors);
        assertThat(loader.liveRows(TableKind.ERRORS)).as(fault).hasSize(errors);
        catalog.assertReadsTheLiveFiles(loader);
        long offset = (rows + errors) / 2L;
        assertThat(loader.cluster.groupOffsets())
                .as(fault)
                .isEqualTo(Map.of(AccessLog.P0, offset, AccessLog.P1, offset));
        assertThat(loader.store.names(loader.layout().staging())).as(fault).isEmpty();
    }

    /** Each record is a row or an error, once. */
    void assertPositions(int records) throws IOException {
        List<GenericRecord> found = new ArrayList<>(loader.liveRows(TableKind.ROWS));
        found.addAll(loader.liveRows(TableKind.ERRORS));
        assertThat(TestLoader.positions(found)).as(fault).hasSize(records).doesNotHaveDuplicates();
    }
}
