package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Publishes commits, each publication from its own mark, so that one that fails holds up neither the others nor the next load.
 * Used by one thread.
 */
public final class Publisher {
    private final Marks marks;
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
        this.marks = new Marks(store, layout);
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
        long filesEnd = marks.sequence(files.name());
        for (Publication publication : others) {
            publish(publication, publication.needsFiles() ? filesEnd : Long.MAX_VALUE, failures);
        }
        return failures;
    }

    private void publish(Publication publication, long sequenceMax, List<Failure> failures) throws IOException {
        long published = marks.sequence(publication.name());
        TopicState state = log.state();
        List<Manifest> commits = log.after(published).stream()
                .filter(manifest -> manifest.sequence() <= state.sequence())
                .toList();
        // A publication shows the state after all commits, so the files of all of them must be in their tables.
        if (commits.isEmpty() || sequenceMax < state.sequence()) {
            return;
        }
        try {
            if (published + 1 == commits.get(0).sequence()) {
                publication.publish(commits, state);
            } else {
                publication.publishAll(state);
            }
            listener.reached(CommitStep.PUBLISHED);
            marks.advance(publication.name(), commits.get(commits.size() - 1).sequence());
            listener.reached(CommitStep.MARKED);
        } catch (IOException e) {
            failures.add(new Failure(publication.name(), e));
        }
    }

    /** Returns the number of the last commit whose files are in their tables, or 0. */
    public long filesEnd() throws IOException {
        return marks.sequence(files.name());
    }
}
