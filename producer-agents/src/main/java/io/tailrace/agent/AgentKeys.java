package io.tailrace.agent;

import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.agent.tail.TailConfig;
import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import io.tailrace.config.ConfigKeys;
import io.tailrace.metrics.MetricsListener;
import io.tailrace.protocol.record.CompressionType;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** The keys of {@code agent.properties}. */
final class AgentKeys {
    /** The producer has room for four times as much, or 2 GiB, as far as it can count: at least twice as much. */
    private static final long IN_FLIGHT_BYTES_MAX_MAX = 1023L << 20;

    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    static final ConfigKey<String> BOOTSTRAP_SERVERS =
            ConfigKey.text("bootstrap.servers", null, "Brokers to start from: host:port, separated by commas.");
    static final ConfigKey<URI> REGISTRY_URL = new ConfigKey<>(
            "schema.registry.url",
            "an address as http://host:8081",
            null,
            "The schema registry, as http://host:8081.",
            AgentKeys::httpAddress);
    static final ConfigKey<CompressionType> COMPRESSION =
            ConfigKey.choice("compression.type", CompressionType.class, CompressionType.ZSTD, "Codec of the batches.");
    static final ConfigKey<String> DATA_DIR = ConfigKey.text(
            "data.dir",
            "/var/lib/tailrace/agent",
            "Directory of the checkpoint, for one agent alone. A relative path is below the directory of the configuration"
                    + " file.");
    static final ConfigKey<String> HOST =
            ConfigKey.text("host", "", "Host name in the records. Empty: the machine's own.");
    static final ConfigKey<String> DEAD_LETTER_TOPIC = ConfigKey.text(
            "dead.letter.topic", "tailrace-dead-letters", "Topic of the lines that cannot become records.");
    static final ConfigKey<Long> EVENT_AHEAD_MAX_MS = ConfigKey.longInteger(
            "event.ahead.max.ms",
            3_600_000L,
            0,
            Long.MAX_VALUE,
            "How far an event time may be ahead of the clock; a later one makes a dead letter. Brokers refuse records that are"
                    + " further ahead than their topic's message.timestamp.after.max.ms.");
    static final ConfigKey<String> AUDIT_TOPIC =
            ConfigKey.text("audit.topic", "tailrace-audit", "Topic of the counts per topic, host and ten minutes.");
    static final ConfigKey<String> AUDIT_PROGRESS_TOPIC = ConfigKey.text(
            "audit.progress.topic",
            "tailrace-audit-progress",
            "Topic that says up to which time everything is sent; compacted. The agent creates it.");
    static final ConfigKey<Long> AUDIT_INTERVAL_MS =
            ConfigKey.longInteger("audit.interval.ms", 60_000L, 100, Long.MAX_VALUE, "How often both are sent.");
    static final ConfigKey<Long> AUDIT_DISORDER_MS = ConfigKey.longInteger(
            "audit.disorder.ms",
            300_000L,
            0,
            86_400_000,
            "How long after its event time a line may be written: the longest request, if the time is that of its start.");
    static final ConfigKey<Long> POLL_INTERVAL_MS =
            ConfigKey.longInteger("poll.interval.ms", 100L, 1, 60_000, "How often files are checked for new lines.");
    static final ConfigKey<Long> SCAN_INTERVAL_MS = ConfigKey.longInteger(
            "scan.interval.ms", 1_000L, 10, 3_600_000, "How often directories are checked for new files.");
    static final ConfigKey<Boolean> WATCH_DIRECTORIES = ConfigKey.bool(
            "watch.directories",
            true,
            "Whether the kernel is asked what has changed in directories of local file systems (inotify). Otherwise every file is"
                    + " looked at every scan.interval.ms.");
    static final ConfigKey<Integer> FILES_OPEN_MAX = ConfigKey.integer(
            "files.open.max",
            0,
            0,
            1_000_000,
            "Most logs that are open at a time; others are read in turns. 0: half of what is left of the"
                    + " process's limit (ulimit -n) without 100 for other uses, at most 1000.");
    static final ConfigKey<Integer> BATCH_BYTES = ConfigKey.integer(
            "batch.bytes",
            256 << 10,
            4 << 10,
            16 << 20,
            "Bytes of one file that are read at once. A crash repeats at most four times as many.");
    static final ConfigKey<Integer> LINE_BYTES_MAX = ConfigKey.integer(
            "line.bytes.max",
            64 << 10,
            1 << 10,
            8 << 20,
            "Longest line, at most half of batch.bytes. A longer one is truncated and sent to the dead letters.");
    static final ConfigKey<Long> IN_FLIGHT_BYTES_MAX = ConfigKey.longInteger(
            "in.flight.bytes.max",
            16L << 20,
            1 << 20,
            IN_FLIGHT_BYTES_MAX_MAX,
            "Memory of lines that are not acknowledged; above it, nothing is read. 16 MiB fit a heap of 128 MiB.");
    static final ConfigKey<Long> ROTATED_WAIT_MS = ConfigKey.longInteger(
            "rotated.wait.ms",
            30_000L,
            0,
            Long.MAX_VALUE,
            "How long a file that was deleted, or renamed so that no path matches, is watched for late lines.");
    static final ConfigKey<Long> FORGET_MS = ConfigKey.longInteger(
            "forget.ms",
            7L * 24 * 3_600_000,
            60_000,
            Long.MAX_VALUE,
            "After how long a deleted file is forgotten. A compressed copy that appears later is read again.");
    static final ConfigKey<Long> STOP_TIMEOUT_MS = ConfigKey.longInteger(
            "stop.timeout.ms", 20_000L, 0, 3_600_000, "How long a stop waits for acknowledgements.");

    static final ConfigKey<List<String>> PATHS = ConfigKey.list(
            "paths",
            null,
            "Files to follow: absolute paths with *, ?, [..] and **, separated by commas. Archives are read, too.");
    static final ConfigKey<List<String>> EXCLUDE = ConfigKey.list(
            "exclude",
            "",
            "Files to leave out, separated by commas: absolute paths as in paths, or, without a slash, names, as *.gz.");
    static final ConfigKey<FileSelection.StartAt> START_AT = ConfigKey.choice(
            "start.at",
            FileSelection.StartAt.class,
            FileSelection.StartAt.BEGINNING,
            "end: lines that files hold when the agent follows the source for the first time are skipped.");
    static final ConfigKey<Long> IGNORE_OLDER_MS = ConfigKey.longInteger(
            "ignore.older.ms",
            0L,
            0,
            Long.MAX_VALUE,
            "A file that was not written to for this long, and that the checkpoint does not have, is not followed. 0: none is"
                    + " too old.");
    static final ConfigKey<Format.Kind> FORMAT =
            ConfigKey.choice("format", Format.Kind.class, Format.Kind.COMBINED, "Format of the lines.");
    static final ConfigKey<String> PATTERN = ConfigKey.text(
            "pattern",
            "",
            "format=logformat: Apache's LogFormat or nginx's log_format. format=regex: the expression, with named"
                    + " groups.");
    static final ConfigKey<String> TOPIC = ConfigKey.text("topic", "access-log", "Topic of the records.");
    static final ConfigKey<Charset> ENCODING = new ConfigKey<>(
            "encoding",
            "an encoding of a fixed byte order, as UTF-8, ISO-8859-1 or UTF-16LE",
            "UTF-8",
            "The files' encoding.",
            AgentKeys::encoding);
    static final ConfigKey<String> TIME_FIELD = ConfigKey.text(
            "time.field",
            "",
            "format=json, logfmt, regex: the field with the event time. Empty: the time when the line is read.");
    static final ConfigKey<String> TIME_FORMAT = ConfigKey.text(
            "time.format",
            "iso",
            "iso, epoch-seconds, epoch-millis, epoch-micros, epoch-nanos, or a pattern of java.time's DateTimeFormatter.");

    private static final String SOURCE = "source";
    private static final long IDLE_CLOSE_MS = 300_000;

    static final ConfigKeys ALL = ConfigKeys.of(
                    BOOTSTRAP_SERVERS,
                    REGISTRY_URL,
                    COMPRESSION,
                    DATA_DIR,
                    HOST,
                    TransactionKeys.TRANSACTIONS,
                    TransactionKeys.AGENT_ID,
                    TransactionKeys.INTERVAL_MS,
                    TransactionKeys.CHECKPOINT_TOPIC,
                    DEAD_LETTER_TOPIC,
                    EVENT_AHEAD_MAX_MS,
                    AUDIT_TOPIC,
                    AUDIT_PROGRESS_TOPIC,
                    AUDIT_INTERVAL_MS,
                    AUDIT_DISORDER_MS,
                    POLL_INTERVAL_MS,
                    SCAN_INTERVAL_MS,
                    WATCH_DIRECTORIES,
                    FILES_OPEN_MAX,
                    BATCH_BYTES,
                    LINE_BYTES_MAX,
                    IN_FLIGHT_BYTES_MAX,
                    ROTATED_WAIT_MS,
                    FORGET_MS,
                    STOP_TIMEOUT_MS,
                    MetricsListener.KEY)
            .withFamily(
                    SOURCE,
                    LineKeys.withThese(
                            PATHS,
                            EXCLUDE,
                            START_AT,
                            IGNORE_OLDER_MS,
                            FORMAT,
                            PATTERN,
                            TOPIC,
                            ENCODING,
                            TIME_FIELD,
                            TIME_FORMAT));

    private AgentKeys() {}

    private static URI httpAddress(String text) {
        URI uri = URI.create(text);
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("not http://HOST:PORT or https://HOST:PORT");
        }
        return uri;
    }

    private static Charset encoding(String name) {
        try {
            Charset charset = Charset.forName(name);
            // An encoder that writes a byte order mark has no fixed newline to search for.
            if (!charset.canEncode() || "\n".getBytes(charset).length != "\n\n".getBytes(charset).length / 2.0) {
                throw new IllegalArgumentException(name + " has no fixed byte order");
            }
            return charset;
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new IllegalArgumentException("unknown encoding " + name, e);
        }
    }

    /**
     * Reads an agent's configuration.
     *
     * @throws ConfigException if a value is invalid; it names the key
     */
    static AgentConfig agentConfig(Config config) {
        List<String> names = config.members(SOURCE);
        if (names.isEmpty()) {
            throw new ConfigException(
                    "no source: set source.NAME.paths, as source.web.paths=/var/log/apache2/access.log*");
        }
        if (config.value(BATCH_BYTES) < 2L * config.value(LINE_BYTES_MAX)) {
            throw new ConfigException("line.bytes.max=" + config.value(LINE_BYTES_MAX)
                    + ": expected at most half of batch.bytes=" + config.value(BATCH_BYTES));
        }
        if (config.value(BATCH_BYTES) > config.value(IN_FLIGHT_BYTES_MAX) / 2) {
            throw new ConfigException("batch.bytes=" + config.value(BATCH_BYTES)
                    + ": expected at most half of in.flight.bytes.max=" + config.value(IN_FLIGHT_BYTES_MAX));
        }
        List<Source> sources = new ArrayList<>();
        names.forEach(name -> sources.add(source(name, config)));
        List<String> readers = sources.stream()
                .filter(source -> source.tail().globs().contains(FileSelection.STANDARD_INPUT))
                .map(Source::name)
                .toList();
        if (readers.size() > 1) {
            throw new ConfigException("source." + readers.get(1) + ".paths=-: source " + readers.get(0)
                    + " reads standard input already");
        }
        checkTopics(sources, config);
        String host = host(config.value(HOST));
        return new AgentConfig(
                host,
                config.path(DATA_DIR),
                config.value(DEAD_LETTER_TOPIC),
                config.value(EVENT_AHEAD_MAX_MS),
                new AuditConfig(
                        config.value(AUDIT_TOPIC),
                        config.value(AUDIT_PROGRESS_TOPIC),
                        config.value(AUDIT_INTERVAL_MS),
                        config.value(AUDIT_DISORDER_MS)),
                config.value(POLL_INTERVAL_MS),
                config.value(SCAN_INTERVAL_MS),
                config.value(WATCH_DIRECTORIES),
                DescriptorLimit.filesOpenMax(config.value(FILES_OPEN_MAX)),
                config.value(IN_FLIGHT_BYTES_MAX),
                config.value(STOP_TIMEOUT_MS),
                config.value(MetricsListener.KEY),
                TransactionKeys.read(config, host),
                sources);
    }

    private static Source source(String name, Config config) {
        Config own = config.member(SOURCE, name);
        String key = SOURCE + "." + name;
        FileSelection files = files(key, own);
        Format format =
                new Format(own.value(FORMAT), own.value(PATTERN), own.value(TIME_FIELD), own.value(TIME_FORMAT));
        LineRules rules = LineKeys.rules(own, key, variable -> Optional.ofNullable(System.getenv(variable)));
        TailConfig tail = new TailConfig(
                name,
                files,
                own.value(ENCODING),
                config.value(LINE_BYTES_MAX),
                config.value(BATCH_BYTES),
                config.value(ROTATED_WAIT_MS),
                IDLE_CLOSE_MS,
                config.value(FORGET_MS));
        Source source = new Source(LineKeys.with(own, key, tail, format), format, own.value(TOPIC), rules);
        checkFormat(key, source);
        return source;
    }

    private static FileSelection files(String key, Config own) {
        for (String glob : own.value(PATHS)) {
            if (!glob.startsWith("/") && !glob.equals(FileSelection.STANDARD_INPUT)) {
                throw new ConfigException(
                        key + ".paths=" + glob + ": expected an absolute path, or - for standard input");
            }
        }
        for (String glob : own.value(EXCLUDE)) {
            if (!glob.startsWith("/") && glob.contains("/")) {
                throw new ConfigException(
                        key + ".exclude=" + glob + ": expected an absolute path, or a name without a slash");
            }
        }
        return new FileSelection(own.value(PATHS), own.value(EXCLUDE), own.value(START_AT), own.value(IGNORE_OLDER_MS));
    }

    private static void checkFormat(String key, Source source) {
        try {
            var unused = source.parser();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key + ": " + e.getMessage());
        }
    }

    /** Records of a topic have one schema. */
    private static void checkTopics(List<Source> sources, Config config) {
        for (Source source : sources) {
            for (Source other : sources) {
                Schema schema = source.parser().schema();
                Schema otherSchema = other.parser().schema();
                // The one that should get another topic is named first.
                boolean isFirst = !config.member(SOURCE, source.name()).isSet(TOPIC)
                        || config.member(SOURCE, other.name()).isSet(TOPIC);
                if (isFirst && source.topic().equals(other.topic()) && !schema.equals(otherSchema)) {
                    throw new ConfigException("source." + source.name() + ".topic=" + source.topic()
                            + ": expected another topic than that of source." + other.name()
                            + ", as their records differ: " + schema.getName() + " and " + otherSchema.getName());
                }
            }
        }
    }

    private static String host(String configured) {
        if (!configured.isEmpty()) {
            return configured;
        }
        try {
            // Not from InetAddress, which needs an address of that name, and may wait for a name server.
            return Files.readString(KERNEL_HOST_NAME).strip();
        } catch (IOException e) {
            throw new ConfigException("host: " + KERNEL_HOST_NAME + " cannot be read: set host");
        }
    }
}
