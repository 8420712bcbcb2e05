package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * The durable marks of a topic: up to which commit something is done. A mark is an empty file {@code NAME-SEQUENCE}. Used by one
 * thread.
 */
public final class Marks {
    private static final Pattern MARK = Pattern.compile("([a-z]+)-(\\d{20})");

    private final Store store;
    private final Layout layout;

    public Marks(Store store, Layout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** Returns the number of the last commit of each mark, by its name. */
    public SortedMap<String, Long> all() throws IOException {
        SortedMap<String, Long> marks = new TreeMap<>();
        for (String name : store.names(layout.published())) {
            Matcher mark = MARK.matcher(name);
            if (mark.matches()) {
                marks.merge(mark.group(1), Long.parseLong(mark.group(2)), Math::max);
            }
        }
        return marks;
    }

    /** Returns the number of the last commit that a mark covers, or 0. */
    public long sequence(String name) throws IOException {
        return all().getOrDefault(name, 0L);
    }

    /** Moves a mark forward. After a crash in between, the greater number counts. */
    public void advance(String name, long to) throws IOException {
        long from = sequence(name);
        if (to <= from) {
            return;
        }
        store.makeFolder(layout.published());
        store.write(path(name, to), new byte[0]);
        if (from > 0) {
            store.delete(path(name, from));
        }
    }

    private Path path(String name, long sequence) {
        return new Path(layout.published(), String.format(Locale.ROOT, "%s-%020d", name, sequence));
    }
}
