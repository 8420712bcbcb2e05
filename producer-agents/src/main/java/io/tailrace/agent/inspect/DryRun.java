package io.tailrace.agent.inspect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.agent.delivery.ChunkEncoder;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.FileChunk;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.tail.OpenFiles;
import io.tailrace.agent.tail.SourceTail;
import io.tailrace.schemas.Framing;
import io.tailrace.schemas.Schemas;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/**
 * Prints what an agent would send of one source, a record a line as JSON, reading each file from its beginning. Needs neither brokers
 * nor a registry, and writes nothing. Not thread-safe.
 */
public final class DryRun {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String host;
    private final ChunkEncoder encoder;
    private final GenericDatumReader<GenericRecord> records;
    private final GenericDatumReader<GenericRecord> letters = new GenericDatumReader<>(Schemas.DEAD_LETTER);
    private final PrintWriter out;
    private long lines;
    private long deadLetters;
    private long droppedLines;

    /**
     * A dry run of a source.
     *
     * @param encoder encodes the source's lines, as if its schemas were registered
     * @param schema of the source's records
     */
    public DryRun(String host, ChunkEncoder encoder, Schema schema, PrintWriter out) {
        this.host = host;
        this.encoder = encoder;
        this.records = new GenericDatumReader<>(schema);
        this.out = out;
    }

    /**
     * Prints records until the files end.
     *
     * @param tail of the source, without a checkpoint
     * @param openFiles the descriptors of the tail
     * @param recordTimeoutMs after how long without growth the last record of a file counts as whole: nothing waits for it
     * @param linesMax stop after as many lines
     */
    public void run(SourceTail tail, OpenFiles openFiles, Moment now, long recordTimeoutMs, long linesMax) {
        tail.scan(now);
        Moment moment = now;
        long advancesBeforeTimeout = -1;
        boolean more = true;
        while (lines < linesMax && more) {
            openFiles.beginStep();
            long advances = tail.advances();
            read(tail, moment, linesMax);
            more = openFiles.giveTurns(moment) || tail.advances() != advances;
            if (!more && tail.advances() != advancesBeforeTimeout) {
                // The last records of the open files are whole then.
                moment = new Moment(moment.wallMs(), moment.steadyMs() + recordTimeoutMs);
                advancesBeforeTimeout = tail.advances();
                more = true;
            }
        }
    }

    private void read(SourceTail tail, Moment moment, long linesMax) {
        tail.beginTurns(moment);
        boolean more = true;
        while (more && lines < linesMax) {
            Optional<FileChunk> next = tail.readNext(Long.MAX_VALUE, moment);
            next.ifPresent(read -> {
                FollowedFile file = read.file();
                print(new Origin(host, file.file(), file.contentId()), read.chunk(), linesMax);
                file.acknowledge(read.chunk().end());
            });
            more = next.isPresent();
        }
    }

    private void print(Origin origin, Chunk chunk, long linesMax) {
        for (int line = 0; line < chunk.lines().count() && lines < linesMax; line++) {
            lines++;
            if (!encoder.keeps(origin, chunk, line)) {
                droppedLines++;
                continue;
            }
            String reason = encoder.encode(origin, chunk, line);
            if (reason == null) {
                print(encoder.topic(), origin, records);
            } else {
                deadLetters++;
                encoder.encodeDeadLetter(origin, chunk, line, reason);
                print(encoder.deadLetterTopic(), origin, letters);
            }
        }
    }

    private void print(String topic, Origin origin, GenericDatumReader<GenericRecord> reader) {
        RecordWriter record = encoder.record();
        int header = Framing.HEADER_BYTES;
        try {
            GenericRecord value = reader.read(
                    null, DecoderFactory.get().binaryDecoder(record.bytes(), header, record.size() - header, null));
            ObjectNode printed = JSON.createObjectNode()
                    .put("topic", topic)
                    .put("key", new String(origin.key(), StandardCharsets.UTF_8))
                    .put("timestamp", record.eventTimeMs());
            // Avro prints a record as JSON.
            printed.set("value", JSON.readTree(value.toString()));
            out.println(JSON.writeValueAsString(printed));
        } catch (IOException e) {
            throw new IllegalStateException("a record that was encoded cannot be decoded", e);
        }
    }

    /** How many lines were read. */
    public long lines() {
        return lines;
    }

    /** How many of them would not be sent, as the source's filters say. */
    public long droppedLines() {
        return droppedLines;
    }

    /** How many of them would be dead letters. */
    public long deadLetters() {
        return deadLetters;
    }
}
