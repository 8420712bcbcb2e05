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

/**
 * Converts each line of a source into a record of its topic, or into a dead letter with the reason. Not thread-safe.
 */
final class LineConverter {
    /** How much of a line a dead letter keeps. Brokers that refuse a large line must accept its dead letter. */
    private static final int DEAD_LETTER_LINE_BYTES_MAX = 64 << 10;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String host;
    private final String topic;
    private final String deadLetterTopic;
    private final Charset charset;
    private final CharsetDecoder decoder;
    private final LineParser parser;
    private final RecordEncoder encoder;

    LineConverter(Source source, String host, String deadLetterTopic, RecordEncoder encoder) {
        this.host = host;
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
     * @param file the path under which the line's file was first found
     * @param key the file's key, see {@link RecordEncoder#keyOf}
     */
    OutgoingRecord convert(String file, byte[] key, Line line, long nowMs) {
        if (line.isOverlong()) {
            String reason = "line of " + (line.bytes().length + line.droppedBytes()) + " bytes: expected at most "
                    + line.bytes().length;
            return deadLetter(file, key, line, reason, nowMs);
        }
        String text;
        try {
            text = decoder.decode(ByteBuffer.wrap(line.bytes())).toString();
        } catch (CharacterCodingException e) {
            return deadLetter(file, key, line, "not in " + charset.name() + ": " + e.getMessage(), nowMs);
        }
        LineParser.Outcome outcome = parser.parse(withoutByteOrderMark(text, line.offset()), nowMs);
        if (outcome instanceof LineParser.Rejected rejected) {
            return deadLetter(file, key, line, rejected.reason(), nowMs);
        }
        LineParser.Event event = (LineParser.Event) outcome;
        if (event.eventTimeMs() < 0) {
            // The protocol has no timestamps before 1970.
            return deadLetter(file, key, line, "event time " + event.eventTimeMs() + " ms is before 1970", nowMs);
        }
        putOrigin(event.record(), file, line);
        return new OutgoingRecord(
                encoder.record(topic, key, event.eventTimeMs(), event.record()),
                event.eventTimeMs(),
                reason -> deadLetter(file, key, line, reason, nowMs));
    }

    private static String withoutByteOrderMark(String text, long offset) {
        return offset == 0 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private void putOrigin(GenericRecord record, String file, Line line) {
        record.put("host", host);
        record.put("file", file);
        record.put("byteOffset", line.offset());
    }

    private OutgoingRecord deadLetter(String file, byte[] key, Line line, String reason, long nowMs) {
        byte[] kept = line.bytes().length <= DEAD_LETTER_LINE_BYTES_MAX
                ? line.bytes()
                : Arrays.copyOf(line.bytes(), DEAD_LETTER_LINE_BYTES_MAX);
        // Malformed input becomes U+FFFD.
        String text = new String(kept, charset);
        GenericRecord letter = new GenericData.Record(Schemas.DEAD_LETTER);
        putOrigin(letter, file, line);
        letter.put("rejectedTime", nowMs);
        letter.put("topic", topic);
        letter.put("reason", reason);
        letter.put("line", text);
        letter.put("lineBytes", Arrays.equals(kept, text.getBytes(charset)) ? null : ByteBuffer.wrap(kept));
        return new OutgoingRecord(encoder.record(deadLetterTopic, key, nowMs, letter), nowMs, null);
    }
}
