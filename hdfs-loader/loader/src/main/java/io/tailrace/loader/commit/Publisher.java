package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Publishes commits, each publication from a durable mark of its own, so that one that fails holds up neither the others nor
 * the next load.
 *
 * <p>A mark is an empty file {@code NAME-SEQUENCE}: all commits up to that number are published. Used by one thread.
 */
public final class Publisher {
    private static final Pattern MARK = Pattern.compile("([a-z]+)-(\\d{20})");

    private final Store store;
    private final Layout layout;
    private final CommitLog log;
    private final FilesPublication files;
    private final List<Publication> others;
    private final CommitListener listener;

    /**
     * Creates a publisher.
     *
     * @param others publications after that of the files, in order
     */
    public Publisher(Store store, Layout layout, CommitLog log, List<Publication> others, CommitListener listener) {
        this.store = store;
        this.layout = layout;
        this.log = log;
        this.files = new FilesPublication(store, layout, listener);
        this.others = List.copyOf(others);
        this.listener = listener;
    }

    /**
     * A publication that failed. The next run repeats it.
     *
     * @param name the publication
     * @param cause what failed
     */
    public record Failure(String name, IOException cause) {}

    /**
     * Publishes all commits that are not marked yet.
     *
     * @return the publications that failed
     * @throws IOException if the commits or marks cannot be read
     */
    public List<Failure> publish() throws IOException {
        List<Failure> failures = new ArrayList<>();
        publish(files, Long.MAX_VALUE, failures);
        long filesEnd = mark(files);
        for (Publication publication : others) {
            publish(publication, publication.needsFiles() ? filesEnd : Long.MAX_VALUE, failures);
        }
        return failures;
    }

    private void publish(Publication publication, long sequenceMax, List<Failure> failures) throws IOException {
        long published = mark(publication);
        List<Manifest> commits = log.after(published).stream()
                .filter(manifest -> manifest.sequence() <= sequenceMax)
                .toList();
        if (commits.isEmpty()) {
            return;
        }
        try {
            publication.publish(commits);
            listener.reached(CommitStep.PUBLISHED);
            advance(publication, published, commits.get(commits.size() - 1).sequence());
            listener.reached(CommitStep.MARKED);
        } catch (IOException e) {
            failures.add(new Failure(publication.name(), e));
        }
    }

    /** Returns the number of the last commit whose files are in their tables, or 0. */
    public long filesEnd() throws IOException {
        return mark(files);
    }

    private long mark(Publication publication) throws IOException {
        long newest = 0;
        for (String name : store.names(layout.published())) {
            Matcher mark = MARK.matcher(name);
            if (mark.matches() && mark.group(1).equals(publication.name())) {
                newest = Math.max(newest, Long.parseLong(mark.group(2)));
            }
        }
        return newest;
    }

    private void advance(Publication publication, long from, long to) throws IOException {
        store.makeFolder(layout.published());
        store.write(mark(publication, to), new byte[0]);
        if (from > 0) {
            store.delete(mark(publication, from));
        }
    }

    private Path mark(Publication publication, long sequence) {
        return new Path(layout.published(), String.format(Locale.ROOT, "%s-%020d", publication.name(), sequence));
    }
}
