package io.tailrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.tailrace.client.ClientException;
import io.tailrace.client.GroupAdmin;
import io.tailrace.config.ConfigException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Where the offsets of a group are reset to. */
sealed interface OffsetTarget {
    /** The partitions that the target itself names. */
    default Optional<Set<TopicPartition>> named() {
        return Optional.empty();
    }

    /**
     * The new offsets, each within its log.
     *
     * @param committed the group's offsets
     * @throws ClientException if a partition does not answer
     * @throws IllegalStateException if one does not exist or has no leader, or nothing is committed that could be shifted
     */
    Map<TopicPartition, Long> of(Set<TopicPartition> partitions, Map<TopicPartition, Long> committed, GroupAdmin admin);

    /**
     * The first offset at a time or later, or the end.
     *
     * @param timeMs since the epoch, {@link GroupAdmin#EARLIEST} or {@link GroupAdmin#LATEST}
     */
    record Time(long timeMs) implements OffsetTarget {
        @Override
        public Map<TopicPartition, Long> of(
                Set<TopicPartition> partitions, Map<TopicPartition, Long> committed, GroupAdmin admin) {
            Map<TopicPartition, Long> offsets = look(timeMs, partitions, admin);
            look(GroupAdmin.LATEST, partitions, admin).forEach(offsets::putIfAbsent);
            return offsets;
        }
    }

    /** The same offset in each partition. */
    record Fixed(long offset) implements OffsetTarget {
        @Override
        public Map<TopicPartition, Long> of(
                Set<TopicPartition> partitions, Map<TopicPartition, Long> committed, GroupAdmin admin) {
            Map<TopicPartition, Long> offsets = new TreeMap<>();
            partitions.forEach(partition -> offsets.put(partition, offset));
            return withinLog(offsets, admin);
        }
    }

    /** The committed offset plus a number. */
    record Shift(long records) implements OffsetTarget {
        @Override
        public Map<TopicPartition, Long> of(
                Set<TopicPartition> partitions, Map<TopicPartition, Long> committed, GroupAdmin admin) {
            Map<TopicPartition, Long> offsets = new TreeMap<>();
            for (TopicPartition partition : partitions) {
                Long offset = committed.get(partition);
                if (offset == null) {
                    throw new IllegalStateException("--shift-by: nothing is committed for " + partition);
                }
                offsets.put(partition, saturatedSum(offset, records));
            }
            return withinLog(offsets, admin);
        }

        private static long saturatedSum(long offset, long records) {
            return records > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + records;
        }
    }

    /** An offset for each partition. */
    record Listed(Map<TopicPartition, Long> offsets) implements OffsetTarget {
        @Override
        public Optional<Set<TopicPartition>> named() {
            return Optional.of(offsets.keySet());
        }

        @Override
        public Map<TopicPartition, Long> of(
                Set<TopicPartition> partitions, Map<TopicPartition, Long> committed, GroupAdmin admin) {
            Map<TopicPartition, Long> chosen = new TreeMap<>(offsets);
            chosen.keySet().retainAll(partitions);
            return withinLog(chosen, admin);
        }
    }

    private static Map<TopicPartition, Long> withinLog(Map<TopicPartition, Long> offsets, GroupAdmin admin) {
        Map<TopicPartition, Long> starts = look(GroupAdmin.EARLIEST, offsets.keySet(), admin);
        Map<TopicPartition, Long> ends = look(GroupAdmin.LATEST, offsets.keySet(), admin);
        Map<TopicPartition, Long> within = new TreeMap<>();
        offsets.forEach((partition, offset) -> {
            long start = Objects.requireNonNull(starts.get(partition));
            long end = Objects.requireNonNull(ends.get(partition));
            within.put(partition, Math.max(start, Math.min(end, offset)));
        });
        return within;
    }

    /** Partitions without a record at this time are absent. */
    private static Map<TopicPartition, Long> look(long timeMs, Set<TopicPartition> partitions, GroupAdmin admin) {
        Map<TopicPartition, Long> times = new TreeMap<>();
        partitions.forEach(partition -> times.put(partition, timeMs));
        Map<TopicPartition, Long> offsets = new TreeMap<>();
        admin.offsets(times).forEach((partition, found) -> {
            if (found.error() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                throw new IllegalStateException(partition + " does not exist");
            }
            if (found.error() == ErrorCode.LEADER_NOT_AVAILABLE) {
                throw new IllegalStateException(
                        partition + " has no leader: try again later, or name other partitions by --topic");
            }
            if (found.error() != ErrorCode.NONE) {
                throw new ClientException(found.error(), "offset of " + partition + ": " + found.error());
            }
            found.offset().ifPresent(offset -> offsets.put(partition, offset));
        });
        return offsets;
    }

    /** The options that name a target; exactly one of them is given. */
    final class Options {
        /** Zones as 01:00, 0100 or 01 after the sign, or Z. */
        private static final DateTimeFormatter WITH_ZONE = new DateTimeFormatterBuilder()
                .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                .appendPattern("[XXX][XX][X]")
                .toFormatter(Locale.ROOT);

        @Option(names = "--to-earliest", description = "To the first record.")
        private boolean earliest;

        @Option(names = "--to-latest", description = "To the end.")
        private boolean latest;

        @Option(
                names = "--to-datetime",
                paramLabel = "TIME",
                description =
                        "To the first record at this time or later, such as 2026-01-31T09:30:00Z. Without a zone: UTC.")
        private Optional<String> dateTime = Optional.empty();

        @Option(names = "--to-offset", paramLabel = "N", description = "To this offset in each partition.")
        private Optional<Long> offset = Optional.empty();

        @Option(names = "--shift-by", paramLabel = "N", description = "By this many records; back if negative.")
        private Optional<Long> shift = Optional.empty();

        @Option(
                names = "--from-file",
                paramLabel = "FILE",
                description = "To the offsets in a CSV file: topic,partition,offset in each line, without a header.")
        private Optional<Path> file = Optional.empty();

        OffsetTarget parsed() {
            if (file.isPresent()) {
                return listed(file.get());
            }
            if (dateTime.isPresent()) {
                return new Time(timeMs(dateTime.get()));
            }
            if (offset.isPresent()) {
                BootstrapOptions.requireAtLeast(0, "--to-offset", offset.get());
                return new Fixed(offset.get());
            }
            if (shift.isPresent()) {
                return new Shift(shift.get());
            }
            if (latest == earliest) {
                throw new IllegalStateException("expected one of the options of a target");
            }
            return new Time(latest ? GroupAdmin.LATEST : GroupAdmin.EARLIEST);
        }

        private static long timeMs(String text) {
            long timeMs;
            try {
                timeMs = text.matches(".*(Z|[+-]\\d\\d(:?\\d\\d)?)")
                        ? OffsetDateTime.parse(text, WITH_ZONE).toInstant().toEpochMilli()
                        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC).toEpochMilli();
            } catch (DateTimeException | ArithmeticException e) {
                throw new ConfigException(
                        "--to-datetime " + text
                                + ": expected a time such as 2026-01-31T09:30:00Z, 2026-01-31T09:30:00+01:00, or without a zone");
            }
            if (timeMs < 0) {
                throw new ConfigException("--to-datetime " + text
                        + ": expected a time after 1970; for the first record, give --to-earliest");
            }
            return timeMs;
        }

        private static OffsetTarget listed(Path file) {
            Map<TopicPartition, Long> offsets = new TreeMap<>();
            try (MappingIterator<String[]> lines = new CsvMapper()
                    .readerFor(String[].class)
                    .with(CsvParser.Feature.WRAP_AS_ARRAY)
                    .with(CsvParser.Feature.TRIM_SPACES)
                    .readValues(file.toFile())) {
                for (int line = 1; lines.hasNext(); line++) {
                    String[] cells = lines.next();
                    if (cells.length != 1 || !cells[0].isEmpty()) {
                        put(cells, file + ", line " + line, offsets);
                    }
                }
            } catch (JsonProcessingException | RuntimeJsonMappingException e) {
                throw new ConfigException("--from-file " + file + ": expected lines of CSV in UTF-8: " + firstLine(e));
            } catch (IOException e) {
                throw new ConfigException("--from-file " + e.getMessage());
            }
            if (offsets.isEmpty()) {
                throw new ConfigException(
                        "--from-file " + file + ": expected topic,partition,offset in each line, found no line");
            }
            return new Listed(offsets);
        }

        private static String firstLine(Exception e) {
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }

        private static void put(String[] cells, String where, Map<TopicPartition, Long> offsets) {
            if (cells.length != 3 || !cells[1].matches("\\d{1,9}") || !cells[2].matches("\\d{1,18}")) {
                throw new ConfigException(
                        where + ": expected topic,partition,offset, found " + String.join(",", cells));
            }
            TopicPartition partition = new TopicPartition(cells[0], Integer.parseInt(cells[1]));
            if (offsets.put(partition, Long.parseLong(cells[2])) != null) {
                throw new ConfigException(where + ": " + partition + " is listed twice");
            }
        }
    }
}
