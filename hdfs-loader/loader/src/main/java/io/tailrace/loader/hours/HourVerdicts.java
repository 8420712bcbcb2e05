package io.tailrace.loader.hours;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The verdicts of a topic's hours on disk: a file for each day and version, of which the newest counts. The name of a file with
 * verdicts that are not announced ends with {@code open}. Only the run that has the lock writes; others may read at the same time.
 * Used by one thread.
 */
public final class HourVerdicts {
    private static final Pattern NAME = Pattern.compile("(\\d{4}-\\d{2}-\\d{2})-(\\d{20})(-open)?\\.json");

    /** How often the newest version of a file is read, if each one is replaced before it can be read. */
    private static final int READS_MAX = 10;

    private final Store store;
    private final Layout layout;

    public HourVerdicts(Store store, Layout layout) {
        this.store = store;
        this.layout = layout;
    }

    private record DayFile(String name, long version, boolean isOpen) {}

    private SortedMap<String, DayFile> files() throws IOException {
        SortedMap<String, DayFile> newest = new TreeMap<>();
        for (String name : store.names(layout.hours())) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                DayFile file = new DayFile(name, Long.parseLong(matcher.group(2)), matcher.group(3) != null);
                newest.merge(matcher.group(1), file, (one, other) -> one.version() > other.version() ? one : other);
            }
        }
        return newest;
    }

    /** Returns the days that have verdicts, as {@code 2015-05-17}. */
    public SortedSet<String> days() throws IOException {
        return new TreeSet<>(files().keySet());
    }

    /** Returns the days of which not all verdicts are announced. */
    SortedSet<String> openDays() throws IOException {
        SortedSet<String> days = new TreeSet<>();
        files().forEach((day, file) -> {
            if (file.isOpen()) {
                days.add(day);
            }
        });
        return days;
    }

    /**
     * Returns the verdicts of a day's hours.
     *
     * @throws IOException if they cannot be read; the message names the file and what to do
     */
    public SortedMap<PathPartition, HourVerdict> of(String day) throws IOException {
        return read(day, files().get(day));
    }

    private SortedMap<PathPartition, HourVerdict> read(String day, @Nullable DayFile newest) throws IOException {
        DayFile file = newest;
        for (int read = 1; file != null; read++) {
            Path path = new Path(layout.hours(), file.name());
            try {
                return HourVerdictFormat.decode(store.read(path));
            } catch (FileNotFoundException e) {
                if (read == READS_MAX) {
                    throw e;
                }
                file = files().get(day);
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "cannot read the verdicts of hours in " + path + ": " + e.getMessage()
                                + ". If a newer loader wrote the file, use that loader; otherwise delete the file, and the"
                                + " next load judges the hours again",
                        e);
            }
        }
        return new TreeMap<>();
    }

    /** Returns the verdict of an hour, if it was ever judged. */
    public Optional<HourVerdict> of(PathPartition hour) throws IOException {
        return Optional.ofNullable(of(hour.dt()).get(hour));
    }

    /** Returns all complete hours. */
    public SortedSet<PathPartition> complete() throws IOException {
        return complete(day -> true);
    }

    /** Returns which of some hours are complete. */
    public SortedSet<PathPartition> complete(Collection<PathPartition> hours) throws IOException {
        Set<String> days = hours.stream().map(PathPartition::dt).collect(Collectors.toSet());
        SortedSet<PathPartition> complete = complete(days::contains);
        complete.retainAll(Set.copyOf(hours));
        return complete;
    }

    /** The folder has a file for each day that was ever judged, so it is listed once. */
    private SortedSet<PathPartition> complete(Predicate<String> days) throws IOException {
        SortedSet<PathPartition> complete = new TreeSet<>();
        for (Map.Entry<String, DayFile> file : files().entrySet()) {
            if (days.test(file.getKey())) {
                read(file.getKey(), file.getValue()).values().stream()
                        .filter(HourVerdict::isKnownComplete)
                        .forEach(verdict -> complete.add(verdict.hour()));
            }
        }
        return complete;
    }

    /** Replaces the verdicts of a day. After a crash, the former ones or the new ones are there. */
    void put(String day, Collection<HourVerdict> verdicts) throws IOException {
        DayFile former = files().get(day);
        long version = former == null ? 1 : former.version() + 1;
        boolean isOpen = verdicts.stream().anyMatch(verdict -> !verdict.announced());
        String name = String.format(Locale.ROOT, "%s-%020d%s.json", day, version, isOpen ? "-open" : "");
        Path temporary = new Path(layout.hours(), day + ".tmp");
        store.makeFolder(layout.hours());
        store.delete(temporary);
        store.write(temporary, HourVerdictFormat.encode(verdicts));
        store.move(temporary, new Path(layout.hours(), name));
        if (former != null) {
            store.delete(new Path(layout.hours(), former.name()));
        }
    }
}
