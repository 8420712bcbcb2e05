package io.tailrace.agent;

import io.tailrace.agent.delivery.ChunkEncoder;
import io.tailrace.agent.encode.LineDecoder;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.agent.parse.LineParser;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.Lines;
import io.tailrace.schemas.Framing;
import io.tailrace.schemas.Schemas;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes each line of a source as a record of its topic, or as a dead letter with the reason. A line's record depends on
 * nothing but the line, its origin, the time of reading and the source's configuration. Not thread-safe.
 */
final class LineEncoder implements ChunkEncoder {
    private static final Logger log = LoggerFactory.getLogger(LineEncoder.class);

    /** How much of a line a dead letter keeps. Brokers that refuse a large line must accept its dead letter. */
    private static final int DEAD_LETTER_LINE_BYTES_MAX = 64 << 10;
    /** A reason may quote a value of the line. */
    private static final int REASON_CHARS_MAX = 1_000;

    /** What a byte order mark becomes in UTF-8. */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final String topic;
    private final String deadLetterTopic;
    private final long eventAheadMaxMs;
    private final Charset charset;
    private final LineDecoder decoder;
    private final LineParser parser;
    private final LineFilter filter;
    /** Those of the topic's and of the dead letters' schemas, once they are registered. */
    private byte[] header = {};

    private byte[] deadLetterHeader = {};
    private final RecordWriter writer = new RecordWriter();

    LineEncoder(Source source, AgentConfig config) {
        this.topic = source.topic();
        this.deadLetterTopic = config.deadLetterTopic();
        this.eventAheadMaxMs = config.eventAheadMaxMs();
        this.charset = source.tail().charset();
        this.decoder = new LineDecoder(charset);
        this.parser = source.parser();
        this.filter = new LineFilter(source.rules(), charset);
    }

    /**
     * Whether the schemas of the source's topic and of the dead letters are registered, as {@link SchemaIds#isRegistered}. Nothing can
     * be encoded before.
     */
    boolean isRegistered(SchemaIds ids, long nowMs) {
        if (!ids.isRegistered(topic, parser.schema(), nowMs)
                || !ids.isRegistered(deadLetterTopic, Schemas.DEAD_LETTER, nowMs)) {
            return false;
        }
        header = Framing.header(ids.id(topic, parser.schema()));
        deadLetterHeader = Framing.header(ids.id(deadLetterTopic, Schemas.DEAD_LETTER));
        return true;
    }

    /** An encoder for records that are not sent: it encodes as if the schemas were registered. */
    static LineEncoder unregistered(Source source, AgentConfig config) {
        LineEncoder encoder = new LineEncoder(source, config);
        encoder.header = Framing.header(0);
        encoder.deadLetterHeader = Framing.header(0);
        return encoder;
    }

    /** The schema of the source's records. */
    Schema schema() {
        return parser.schema();
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public String deadLetterTopic() {
        return deadLetterTopic;
    }

    @Override
    public RecordWriter record() {
        return writer;
    }

    @Override
    public boolean keeps(Origin origin, Chunk chunk, int line) {
        return filter.keeps(origin, chunk, line);
    }

    @Override
    public @Nullable String encode(Origin origin, Chunk chunk, int line) {
        Lines lines = chunk.lines();
        int start = lines.start(line);
        int end = lines.end(line);
        if (lines.dropped(line) > 0) {
            return "line of " + (end - start + lines.dropped(line)) + " bytes: expected at most " + (end - start);
        }
        String notText = decoder.decode(lines.bytes(), start, end);
        if (notText != null) {
            return notText;
        }
        byte[] utf8 = decoder.utf8();
        int from = decoder.start();
        long offset = chunk.offset() + start;
        if (offset == 0 && startsWithByteOrderMark(utf8, from, decoder.end())) {
            from += BYTE_ORDER_MARK.length;
        }
        writer.begin(header, origin, offset);
        String rejection = parse(utf8, from, decoder.end(), chunk.readMs());
        return rejection == null ? impossibleTime(writer.eventTimeMs(), chunk.readMs()) : rejection;
    }

    /** No line may stop those after it, whatever it does to a parser. */
    private @Nullable String parse(byte[] utf8, int from, int to, long readMs) {
        try {
            return parser.parse(utf8, from, to, readMs, writer);
        } catch (RuntimeException | StackOverflowError e) {
            log.error("a parser failed, the line goes to the dead letters: topic {}", topic, e);
            return "the parser failed: " + e;
        }
    }

    /** Why brokers would refuse an event time, or null. */
    private @Nullable String impossibleTime(long eventTimeMs, long readMs) {
        if (eventTimeMs < 0) {
            // The protocol has no timestamps before 1970.
            return "event time " + eventTimeMs + " ms is before 1970";
        }
        if (eventTimeMs - readMs > eventAheadMaxMs) {
            return "event time " + Instant.ofEpochMilli(eventTimeMs) + " is ahead of the clock, "
                    + Instant.ofEpochMilli(readMs) + ", by more than event.ahead.max.ms=" + eventAheadMaxMs;
        }
        return null;
    }

    private static boolean startsWithByteOrderMark(byte[] bytes, int from, int to) {
        int length = BYTE_ORDER_MARK.length;
        return to - from >= length && Arrays.equals(bytes, from, from + length, BYTE_ORDER_MARK, 0, length);
    }

    @Override
    public void encodeDeadLetter(Origin origin, Chunk chunk, int line, String reason) {
        Lines lines = chunk.lines();
        int start = lines.start(line);
        byte[] kept =
                Arrays.copyOfRange(lines.bytes(), start, Math.min(lines.end(line), start + DEAD_LETTER_LINE_BYTES_MAX));
        // Malformed input becomes U+FFFD.
        String text = new String(kept, charset);
        writer.begin(deadLetterHeader, origin, chunk.offset() + start);
        writer.eventTime(chunk.readMs());
        writer.text(topic);
        writer.text(reason.length() <= REASON_CHARS_MAX ? reason : reason.substring(0, REASON_CHARS_MAX) + "...");
        writer.text(text);
        if (Arrays.equals(kept, text.getBytes(charset))) {
            writer.absent();
        } else {
            writer.optionalText(kept, 0, kept.length);
        }
    }
}
