package io.tailrace.loader.rewrite;

import io.tailrace.loader.commit.LoadedTopic;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.Spans;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which files a reload replaces. Pure.
 *
 * <p>The hours that it changes get a new generation, with all of their rows: those of some files are loaded again, the other files are
 * copied.
 *
 * @param replaced the files whose records are loaded again
 * @param copied the other files of the hours that change
 * @param sharing all files that stay, copied ones included, and that may have records of {@code ranges}
 * @param ranges the offsets that the replaced files have rows of, and others in between
 */
record ReloadPlan(List<DataFile> replaced, List<DataFile> copied, List<DataFile> sharing, List<OffsetRange> ranges) {

    /** Whose records a file has: offsets name records only within one series. */
    private enum Series {
        CURRENT,
        FORMER,
        UNKNOWN
    }

    /**
     * Plans a reload.
     *
     * @param state what is loaded, at least one commit
     * @throws IllegalArgumentException if a file may have records of a former topic, so that its offsets say nothing
     */
    static ReloadPlan of(TopicState state, ReloadRange range) {
        LoadedTopic topic = state.newest().orElseThrow().topic();
        Set<Map.Entry<TableKind, PathPartition>> hours = new HashSet<>();
        for (DataFile file : state.files()) {
            if (range.touches(file) && series(file, topic) != Series.FORMER) {
                hours.add(hour(file));
            }
        }
        List<DataFile> replaced = new ArrayList<>();
        List<DataFile> copied = new ArrayList<>();
        for (DataFile file : state.files()) {
            if (hours.contains(hour(file))) {
                boolean isReplaced = range.touches(file) && series(file, topic) != Series.FORMER;
                (isReplaced ? requireKnown(file, topic, replaced) : copied).add(file);
            }
        }
        List<OffsetRange> ranges = ranges(replaced, topic.name());
        List<DataFile> sharing = new ArrayList<>();
        Set<DataFile> gone = new HashSet<>(replaced);
        for (DataFile file : state.files()) {
            if (!gone.contains(file) && series(file, topic) != Series.FORMER && overlaps(file, ranges)) {
                requireKnown(file, topic, sharing).add(file);
            }
        }
        return new ReloadPlan(replaced, copied, sharing, ranges);
    }

    /** The files that the commit removes. */
    List<DataFile> removed() {
        List<DataFile> removed = new ArrayList<>(replaced);
        removed.addAll(copied);
        return removed;
    }

    private static Map.Entry<TableKind, PathPartition> hour(DataFile file) {
        return Map.entry(file.table(), file.pathPartition());
    }

    private static Series series(DataFile file, LoadedTopic topic) {
        if (topic.series() == 0) {
            return Series.CURRENT;
        }
        if (file.spans().size() != 1) {
            return Series.UNKNOWN;
        }
        // Only files that loads wrote have the series in their names.
        DataFile.Span span = file.spans().get(0);
        TopicPartition partition = new TopicPartition(topic.name(), span.partition());
        for (int series = topic.series(); series >= 0; series--) {
            if (file.name().equals(Layout.fileName(partition, series, span.first(), span.last()))) {
                return series == topic.series() ? Series.CURRENT : Series.FORMER;
            }
        }
        return Series.UNKNOWN;
    }

    private static List<DataFile> requireKnown(DataFile file, LoadedTopic topic, List<DataFile> to) {
        if (series(file, topic) == Series.UNKNOWN) {
            throw new IllegalArgumentException(
                    "file " + file.name() + " of " + file.pathPartition().path()
                            + " may have records of a former topic " + topic.name()
                            + ", which brokers do not have any more: it is not a file that a load wrote. Nothing was changed."
                            + " Reload hours or offsets that share none with it");
        }
        return to;
    }

    private static List<OffsetRange> ranges(List<DataFile> files, String topic) {
        return Spans.union(files).stream()
                .map(span ->
                        new OffsetRange(new TopicPartition(topic, span.partition()), span.first(), span.last() + 1))
                .toList();
    }

    private static boolean overlaps(DataFile file, List<OffsetRange> ranges) {
        return file.spans().stream().anyMatch(span -> ranges.stream()
                .anyMatch(range -> range.topicPartition().partition() == span.partition()
                        && span.first() < range.to()
                        && range.from() <= span.last()));
    }
}
