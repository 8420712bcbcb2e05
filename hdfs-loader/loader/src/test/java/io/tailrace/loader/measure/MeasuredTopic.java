package io.tailrace.loader.measure;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.NewTopic;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * A topic of access-log events as the agent sends them: the lines of a log, again and again.
 *
 * @param name the topic
 * @param partitions its partitions; records go to them in runs, as from an agent
 * @param hours the events are in as many hours, in random order
 * @param records number of events
 */
record MeasuredTopic(String name, int partitions, int hours, int records) {
    private static final Pattern COMBINED = Pattern.compile(
            "(\\S+) (\\S+) (\\S+) \\[[^]]*] \"(\\S+) (\\S+) ([^\"]*)\" (\\d{3}) (\\d+|-) \"([^\"]*)\" \"([^\"]*)\"");
    private static final Instant START = Instant.parse("2015-05-17T00:00:00Z");
    private static final int HOUR_MS = 3_600_000;
    private static final int RUN_RECORDS = 1_000;
    private static final long SEED = 11;

    /** The fields of the lines, and the size of the log. */
    record Log(List<Matcher> lines, List<Integer> bytes) {
        /** Reads the log that {@code TAILRACE_ACCESS_LOG} names, or the sample that the project ships. */
        static Log read() throws IOException {
            String named = System.getenv("TAILRACE_ACCESS_LOG");
            Path file = named == null || named.isEmpty()
                    ? Path.of("..", "..", "conf", "sample", "access.log")
                    : Path.of("..", "..").resolve(named);
            Log log = new Log(new ArrayList<>(), new ArrayList<>());
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                Matcher matcher = COMBINED.matcher(line);
                if (matcher.matches()) {
                    log.lines.add(matcher);
                    log.bytes.add(line.length() + 1);
                }
            }
            return log;
        }
    }

    /**
     * Creates the topic and sends its records.
     *
     * @return bytes of the lines
     */
    long send(String bootstrapServers, SchemaRegistryClient registry, Log log) {
        try (Admin admin = Admin.create(ClientConfig.of(bootstrapServers))) {
            admin.createTopic(new NewTopic(name, OptionalInt.of(partitions), OptionalInt.of(1), Map.of()));
        }
        int schemaId = registry.register(SchemaRegistryClient.valueSubject(name), Schemas.ACCESS_LOG_EVENT);
        ProducerConfig config = ProducerConfig.builder(bootstrapServers)
                .compression(CompressionType.ZSTD)
                .batchBytesMax(256 << 10)
                .lingerMs(100)
                .build();
        FramedAvroEncoder encoder = new FramedAvroEncoder();
        Random random = new Random(SEED);
        long bytes = 0;
        try (Producer producer = Producer.create(config)) {
            for (int i = 0; i < records; i++) {
                int line = i % log.lines().size();
                long timeMs =
                        START.toEpochMilli() + (long) random.nextInt(hours) * HOUR_MS + (long) HOUR_MS * i / records;
                byte[] value = encoder.encode(schemaId, event(log.lines().get(line), timeMs, bytes));
                var unused = producer.send(new ProducerRecord(
                        name,
                        OptionalInt.of(i / RUN_RECORDS % partitions),
                        OptionalLong.of(timeMs),
                        null,
                        value,
                        List.of()));
                bytes += log.bytes().get(line);
            }
            producer.flush(Duration.ofMinutes(5));
        }
        return bytes;
    }

    private static GenericRecord event(Matcher line, long timeMs, long byteOffset) {
        GenericRecord event = new GenericData.Record(Schemas.ACCESS_LOG_EVENT);
        event.put("host", "web-1.example.com");
        event.put("file", "/var/log/httpd/access.log");
        event.put("fileId", "0123456789abcdef0123456789abcdef");
        event.put("byteOffset", byteOffset);
        event.put("eventTime", timeMs);
        event.put("clientAddress", line.group(1));
        event.put("ident", value(line.group(2)));
        event.put("user", value(line.group(3)));
        event.put("method", line.group(4));
        event.put("path", line.group(5));
        event.put("protocol", line.group(6));
        event.put("status", Integer.valueOf(line.group(7)));
        event.put("responseBytes", line.group(8).equals("-") ? null : Long.valueOf(line.group(8)));
        event.put("referrer", value(line.group(9)));
        event.put("userAgent", value(line.group(10)));
        event.put("fields", Map.of());
        return event;
    }

    private static String value(String text) {
        return text.equals("-") ? null : text;
    }
}
