package io.tailrace.loader.task;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.TableKind;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.FramedAvroDecoder.Fault;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Writes the records of one partition to the files of a task: each as a row, or as a row of the error table. Used by one thread. */
final class RecordWriter implements AutoCloseable {
    private final EventFormat events;
    private final ErrorFormat errors = new ErrorFormat();
    private final TaskFiles files;
    private final Rejections rejections;
    private final Row row = new Row();
    private long records;
    private long valueBytes;

    /** @param abort checked before each file is completed */
    RecordWriter(TaskSpec spec, SchemaRegistryClient registry, Store store, AbortCheck abort) {
        RowMapper mapper = RowMapper.of(spec.eventSchema(), spec.eventTimeField());
        this.events = new EventFormat(
                spec.range().topicPartition(),
                mapper,
                new FramedAvroDecoder(registry, Optional.of(mapper.eventSchema())));
        this.files = new TaskFiles(spec, Map.of(TableKind.ROWS, events, TableKind.ERRORS, errors), store, abort);
        this.rejections = new Rejections(spec.errors());
    }

    /**
     * Writes a record.
     *
     * @param errorTimeMs decides the hour if the record does not decode, because its event time is unknown then
     * @throws IOException if the task must fail: a file cannot be written, or the fault is not the record's
     */
    void write(ConsumerRecord record, long errorTimeMs) throws IOException {
        records++;
        byte[] value = record.value();
        valueBytes += value == null ? 0 : value.length;
        if (value == null) {
            reject(record, Fault.VALUE, "no value", errorTimeMs);
            return;
        }
        row.set(record.offset(), record.timestampMs(), value, value.length);
        FramedAvroDecoder.Decoded.Rejected rejected = events.readEvent(row);
        if (rejected != null) {
            reject(record, rejected.fault(), rejected.reason(), errorTimeMs);
        } else if (!PathPartition.exists(row.eventTimeMs)) {
            reject(
                    record,
                    Fault.VALUE,
                    "event time " + row.eventTimeMs + " ms: expected a time in the years 1970 to 9999",
                    errorTimeMs);
        } else {
            files.write(TableKind.ROWS, row.eventTimeMs, row).add(row);
        }
    }

    private void reject(ConsumerRecord record, Fault fault, String reason, long errorTimeMs) throws IOException {
        rejections.add(record, fault, reason);
        errors.set(row, record, reason);
        files.write(TableKind.ERRORS, errorTimeMs, row);
    }

    /**
     * Completes all files; they are on disk.
     *
     * @throws IOException also if too many records were rejected
     */
    TaskResult finish() throws IOException {
        rejections.check(records);
        return new TaskResult(files.finish(), valueBytes);
    }

    /** Closes what a failed task has open. */
    @Override
    public void close() throws IOException {
        files.close();
    }
}
