package io.tailrace.loader.task;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.schemas.FramedAvroDecoder.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The records that a task rejects, within an {@link ErrorLimit}. Used by one thread. */
final class Rejections {
    /** Smaller tasks are not judged by the share of their errors, which a few records decide. */
    private static final long JUDGED_RECORDS_MIN = 1_000;

    private static final int REASONS_MAX = 3;

    private final ErrorLimit limit;
    private final List<String> firstReasons = new ArrayList<>();
    private long count;

    Rejections(ErrorLimit limit) {
        this.limit = limit;
    }

    /**
     * Counts a record that goes to the error table.
     *
     * @throws IOException if the fault is not the record's, but that of the registry or of its schemas
     */
    void add(ConsumerRecord record, Fault fault, String reason) throws IOException {
        String place = "record " + record.offset() + " of " + record.topicPartition() + ": " + reason;
        if (fault != Fault.VALUE && !limit.acceptUnusableSchemas()) {
            throw new IOException(place + ". Nothing was committed. " + remedy(fault)
                    + " --accept-errors puts such records into the error table");
        }
        count++;
        if (firstReasons.size() < REASONS_MAX) {
            firstReasons.add(place);
        }
    }

    private static String remedy(Fault fault) {
        return switch (fault) {
            case UNKNOWN_SCHEMA -> "Check schema.registry.url, or restore the registry's schemas.";
            case UNUSABLE_SCHEMA ->
                "Register an Avro schema for these records, or restore the schemas that it refers to.";
            case INCOMPATIBLE_SCHEMA ->
                "Register a schema that reads all records as the newest one, or write them to another topic.";
            case VALUE -> "Mend the producer.";
        };
    }

    /**
     * Checks the share of errors.
     *
     * @param records all records of the task
     * @throws IOException if too many of them were rejected; the message has the first reasons
     */
    void check(long records) throws IOException {
        if (records >= JUDGED_RECORDS_MIN && count > records * limit.ratioMax()) {
            throw new IOException(count + " of " + records + " records of a task would go to the error table, more than"
                    + " errors.max.ratio=" + limit.ratioMax() + ". Nothing was committed. The first ones: "
                    + String.join("; ", firstReasons) + ". Mend the cause, or load with --accept-errors");
        }
    }
}
