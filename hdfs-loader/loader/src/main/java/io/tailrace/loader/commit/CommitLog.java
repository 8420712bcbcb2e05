package io.tailrace.loader.commit;

import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** A topic's manifests, numbered without a gap. Together they are the loader's state. Used by one thread. */
public final class CommitLog {
    private static final Pattern NAME = Pattern.compile("\\d{20}\\.json");
    private static final String STAGED_NAME = "manifest.json";

    private final Store store;
    private final Layout layout;
    private TopicState state = TopicState.EMPTY;

    public CommitLog(Store store, Layout layout) {
        this.store = store;
        this.layout = layout;
    }

    /**
     * Returns what the commits add up to.
     *
     * @throws IOException if a manifest cannot be read; the message names the file, what was expected and what to do
     */
    public TopicState state() throws IOException {
        readNewManifests();
        return state;
    }

    /**
     * Returns the commits after a number, oldest first.
     *
     * @throws IOException as {@link #state}
     */
    public List<Manifest> after(long sequence) throws IOException {
        List<Manifest> found = new ArrayList<>();
        for (String name : names()) {
            if (name.compareTo(name(sequence)) > 0) {
                found.add(read(name));
            }
        }
        return found;
    }

    /** A manifest never changes, so each one is read once for the state. */
    private void readNewManifests() throws IOException {
        String last = name(state.sequence());
        List<Manifest> manifests = new ArrayList<>();
        for (String name : names()) {
            if (name.compareTo(last) > 0) {
                manifests.add(read(name));
            }
        }
        try {
            state = state.with(manifests);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "commits of topic " + layout.topic() + " in " + layout.commits() + ": " + e.getMessage(), e);
        }
    }

    private List<String> names() throws IOException {
        return store.names(layout.commits()).stream()
                .filter(NAME.asMatchPredicate())
                .toList();
    }

    private Manifest read(String name) throws IOException {
        Path file = new Path(layout.commits(), name);
        byte[] bytes = store.read(file);
        try {
            Manifest manifest = ManifestFormat.decode(bytes);
            if (!manifest.topic().name().equals(layout.topic())) {
                throw new IllegalArgumentException("topic: expected " + layout.topic() + ", found "
                        + manifest.topic().name());
            }
            if (!name.equals(name(manifest.sequence()))) {
                throw new IllegalArgumentException(
                        "sequence: expected that of the file name, found " + manifest.sequence());
            }
            return manifest;
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "cannot read manifest " + file + ": " + e.getMessage()
                            + ". Nothing was loaded. If a newer loader wrote the file, use that loader; otherwise"
                            + " restore the file from a backup, or load the topic to another output.path",
                    e);
        }
    }

    /** Writes a manifest to its run's staging folder and forces it to disk. */
    void stage(Manifest manifest) throws IOException {
        store.makeFolder(layout.commits());
        store.write(staged(manifest), ManifestFormat.encode(manifest));
    }

    /**
     * Publishes a staged manifest: the commit point.
     *
     * @throws CommitConflictException if another run committed under its number or fenced this run
     */
    void publish(Manifest manifest) throws IOException {
        store.publish(staged(manifest), new Path(layout.commits(), name(manifest.sequence())));
    }

    private Path staged(Manifest manifest) {
        return new Path(layout.staging(manifest.runId()), STAGED_NAME);
    }

    private static String name(long sequence) {
        return String.format(Locale.ROOT, "%020d.json", sequence);
    }
}
