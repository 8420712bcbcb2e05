package io.tailrace.loader.commit;

import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** A topic's manifests, numbered without a gap. The newest one is the loader's state. */
public final class CommitLog {
    private static final Pattern NAME = Pattern.compile("\\d{20}\\.json");
    private static final String STAGED_NAME = "manifest.json";

    private final Store store;
    private final Layout layout;

    public CommitLog(Store store, Layout layout) {
        this.store = store;
        this.layout = layout;
    }

    /**
     * Returns the newest manifest, or empty before the first commit.
     *
     * @throws IOException if it cannot be read; the message names the file, what was expected and what to do
     */
    public Optional<Manifest> newest() throws IOException {
        List<String> names = store.names(layout.commits()).stream()
                .filter(NAME.asMatchPredicate())
                .toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(read(names.get(names.size() - 1)));
    }

    private Manifest read(String name) throws IOException {
        Path file = new Path(layout.commits(), name);
        byte[] bytes = store.read(file);
        try {
            Manifest manifest = ManifestFormat.decode(bytes);
            if (!manifest.topic().equals(layout.topic())) {
                throw new IllegalArgumentException("topic: expected " + layout.topic() + ", found " + manifest.topic());
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
