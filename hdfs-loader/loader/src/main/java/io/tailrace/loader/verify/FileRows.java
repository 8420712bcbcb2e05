package io.tailrace.loader.verify;

import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Restores the records of rows that were made of events of one schema. Used by one thread. */
final class FileRows {
    /** Writers' schemas kept; a producer that makes ids up must not fill the memory. */
    private static final int RESTORERS_MAX = 1_000;

    private final RowMapper mapper;
    private final String topic;
    private final SchemaRegistryClient registry;
    private final Map<Integer, RecordRestorer> restorers = new HashMap<>();
    private final int firstRowColumn;

    /** @param event the schema that the events were read with */
    FileRows(Schema event, String topic, SchemaRegistryClient registry) {
        // Only the hour of a row depends on its event time, and a row's file says its hour.
        this.mapper = new RowMapper(event, "");
        this.topic = topic;
        this.registry = registry;
        this.firstRowColumn = mapper.rowSchema().getField(RowMapper.TOPIC).pos();
    }

    Schema rowSchema() {
        return mapper.rowSchema();
    }

    /**
     * Adds a row to sums.
     *
     * @throws SchemaRegistryException if the registry does not answer
     */
    void add(GenericRecord row, DataFile file, HostSums sums) {
        int position = mapper.hostPosition();
        Object hostValue = position < 0 ? null : row.get(position);
        String host = hostValue == null ? "" : hostValue.toString();
        try {
            checkPlace(row, file);
            if (!(row.get(firstRowColumn + 3) instanceof Integer schemaId)) {
                throw new LostValueException("column " + RowMapper.SCHEMA + " is null");
            }
            sums.add(host, restorer(schemaId).hash(mapper.event(row)));
        } catch (LostValueException e) {
            sums.addUnverified(host, String.valueOf(e.getMessage()));
        } catch (AlteredValueException | AvroRuntimeException | IllegalArgumentException | ClassCastException e) {
            sums.addAltered(host, place(row) + ": " + e.getMessage());
        }
    }

    private String place(GenericRecord row) {
        return "row of offset " + row.get(firstRowColumn + 2) + " of partition " + row.get(firstRowColumn + 1);
    }

    /** Topic, partition and offset are not part of the record, and so not of its hash. */
    private void checkPlace(GenericRecord row, DataFile file) throws AlteredValueException {
        if (!topic.equals(String.valueOf(row.get(firstRowColumn)))) {
            throw new AlteredValueException("expected topic " + topic + ", found " + row.get(firstRowColumn));
        }
        int partition = (Integer) row.get(firstRowColumn + 1);
        long offset = (Long) row.get(firstRowColumn + 2);
        for (DataFile.Span span : file.spans()) {
            if (span.partition() == partition && span.first() <= offset && offset <= span.last()) {
                return;
            }
        }
        throw new AlteredValueException("the file's commit has no such offset");
    }

    private RecordRestorer restorer(int schemaId) {
        RecordRestorer known = restorers.get(schemaId);
        if (known != null) {
            return known;
        }
        if (restorers.size() == RESTORERS_MAX) {
            restorers.clear();
        }
        RecordRestorer restorer = makeRestorer(schemaId);
        restorers.put(schemaId, restorer);
        return restorer;
    }

    private RecordRestorer makeRestorer(int schemaId) {
        try {
            return RecordRestorer.of(registry.schema(schemaId), mapper.eventSchema());
        } catch (SchemaRegistryException e) {
            if (!e.isUnknown() && e.errorCode() != SchemaRegistryException.NOT_AVRO) {
                throw e;
            }
            return RecordRestorer.lost("schema " + schemaId + ": " + e.getMessage());
        }
    }
}
