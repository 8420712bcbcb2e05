package io.tailrace.agent;

import io.tailrace.agent.delivery.OutgoingRecord;
import io.tailrace.agent.parse.LineParser;
import io.tailrace.agent.tail.Line;
import io.tailrace.schemas.Schemas;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;

/**
 * Converts each line of a source into a record of its topic, or into a dead letter with the reason. Not thread-safe.
 */
final class LineConverter {
    /** How much of a line a dead letter keeps. Brokers that refuse a large line must accept its dead letter. */
    private static final int DEAD_LETTER_LINE_BYTES_MAX = 64 << 10;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** Encoded once, as it is in every record. */
    private final Utf8 host;

    private final String topic;
    private final String deadLetterTopic;
    private final Charset charset;
    private final CharsetDecoder decoder;
    private final LineParser parser;
    private final RecordEncoder encoder;

    LineConverter(Source source, String host, String deadLetterTopic, RecordEncoder encoder) {
        this.host = new Utf8(host);
        this.topic = source.topic();
        this.deadLetterTopic = deadLetterTopic;
        this.charset = source.tail().charset();
        this.decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        this.parser = source.format().parser();
        this.encoder = encoder;
    }

    /** Registers the schema of the source's topic. */
    void register() {
        encoder.register(topic, parser.schema());
    }

    /**
     * Converts a line.
     *
     * @param readMs when the line was first read
     */
    OutgoingRecord convert(Origin origin, Line line, long readMs) {
        if (line.isOverlong()) {
            String reason = "line of " + (line.bytes().length + line.droppedBytes()) + " bytes: expected at most "
                    + line.bytes().length;
            return deadLetter(origin, line, reason, readMs);
        }
        String text;
        try {
            text = decoder.decode(ByteBuffer.wrap(line.bytes())).toString();
        } catch (CharacterCodingException e) {
            return deadLetter(origin, line, "not in " + charset.name() + ": " + e.getMessage(), readMs);
        }
        LineParser.Outcome outcome = parser.parse(withoutByteOrderMark(text, line.offset()), readMs);
        if (outcome instanceof LineParser.Rejected rejected) {
            return deadLetter(origin, line, rejected.reason(), readMs);
        }
        LineParser.Event event = (LineParser.Event) outcome;
        if (event.eventTimeMs() < 0) {
            // The protocol has no timestamps before 1970.
            return deadLetter(origin, line, "event time " + event.eventTimeMs() + " ms is before 1970", readMs);
        }
        putOrigin(event.record(), origin, line);
        return new OutgoingRecord(
                encoder.record(topic, origin.key(), event.eventTimeMs(), event.record()),
                event.eventTimeMs(),
                null,
                reason -> deadLetter(origin, line, reason, readMs));
    }

    private static String withoutByteOrderMark(String text, long offset) {
        return offset == 0 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private void putOrigin(GenericRecord record, Origin origin, Line line) {
        record.put("host", host);
        record.put("file", origin.file());
        record.put("byteOffset", line.offset());
        record.put("fileId", origin.fileId());
    }

    private OutgoingRecord deadLetter(Origin origin, Line line, String reason, long readMs) {
        byte[] kept = line.bytes().length <= DEAD_LETTER_LINE_BYTES_MAX
                ? line.bytes()
                : Arrays.copyOf(line.bytes(), DEAD_LETTER_LINE_BYTES_MAX);
        // Malformed input becomes U+FFFD.
        String text = new String(kept, charset);
        GenericRecord letter = new GenericData.Record(Schemas.DEAD_LETTER);
        putOrigin(letter, origin, line);
        letter.put("rejectedTime", readMs);
        letter.put("topic", topic);
        letter.put("reason", reason);
        letter.put("line", text);
        letter.put("lineBytes", Arrays.equals(kept, text.getBytes(charset)) ? null : ByteBuffer.wrap(kept));
        return new OutgoingRecord(encoder.record(deadLetterTopic, origin.key(), readMs, letter), readMs, topic, null);
    }
}
