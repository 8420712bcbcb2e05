package io.tailrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndTransactionMarkerTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void kafkaReadsOurMarkers(boolean isCommit) {
        ByteBuffer bytes = new EndTransactionMarker(70, (short) 7, isCommit, 12).toBatch(1234);

        MutableRecordBatch batch = MemoryRecords.readableRecords(bytes.duplicate())
                .batches()
                .iterator()
                .next();
        batch.ensureValid();
        assertThat(batch.isControlBatch()).isTrue();
        assertThat(batch.isTransactional()).isTrue();
        assertThat(batch.producerId()).isEqualTo(70);
        assertThat(batch.producerEpoch()).isEqualTo((short) 7);
        assertThat(batch.maxTimestamp()).isEqualTo(1234);
        Record record = batch.iterator().next();
        assertThat(ControlRecordType.parse(record.key()))
                .isEqualTo(isCommit ? ControlRecordType.COMMIT : ControlRecordType.ABORT);
        assertThat(org.apache.kafka.common.record.internal.EndTransactionMarker.deserialize(record)
                        .coordinatorEpoch())
                .isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsMarkersOfKafka(boolean isCommit) {
        var theirs = new org.apache.kafka.common.record.internal.EndTransactionMarker(
                isCommit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, 12);
        ByteBuffer bytes = MemoryRecords.withEndTransactionMarker(99, 1234, 3, 70, (short) 7, theirs)
                .buffer();

        RecordBatch batch = RecordBatch.at(bytes);

        assertThat(batch.isControl()).isTrue();
        assertThat(EndTransactionMarker.of(batch)).isEqualTo(new EndTransactionMarker(70, (short) 7, isCommit, 12));
    }

    @Test
    void refusesWhatIsNoMarker() {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1000);
        builder.append(1, new byte[] {0, 0, 0, 1}, new byte[6], List.of());
        RecordBatch ofClient = RecordBatch.at(builder.build());
        assertThatThrownBy(() -> EndTransactionMarker.of(ofClient)).isInstanceOf(CorruptBatchException.class);

        ByteBuffer bytes = new EndTransactionMarker(70, (short) 7, true, 12).toBatch(1234);
        int type = bytes.limit() - 9;
        assertThat(bytes.get(type)).isEqualTo((byte) 1);
        bytes.put(type, (byte) 9);
        assertThatThrownBy(() -> EndTransactionMarker.of(RecordBatch.at(bytes)))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("type 0 or 1");
    }
}
