package io.tailrace.loader.commit;

import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * A topic's manifests, numbered without a gap. Together they are the loader's state. A checkpoint replaces the first ones. Used by
 * one thread.
 */
public final class CommitLog {
    private static final int DIGITS = 20;
    private static final Pattern NAME = Pattern.compile("\\d{" + DIGITS + "}\\.json");
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
        for (String name : names(layout.commits())) {
            if (name.compareTo(name(sequence)) > 0) {
                found.add(read(name));
            }
        }
        return found;
    }

    /** Returns when a commit was written, in milliseconds since the epoch. */
    public long committedMs(long sequence) throws IOException {
        return store.modifiedMs(new Path(layout.commits(), name(sequence)));
    }

    /** Returns the number of the newest commit that a checkpoint covers, or 0. */
    public long checkpoint() throws IOException {
        List<String> names = names(layout.checkpoints());
        return names.isEmpty() ? 0 : Long.parseLong(names.get(names.size() - 1).substring(0, DIGITS));
    }

    /**
     * Writes a checkpoint and deletes the manifests that it replaces. All publications must be done up to that commit.
     *
     * @param sequence the last commit that the checkpoint covers; its manifest stays
     */
    public void checkpoint(long sequence) throws IOException {
        TopicState covered = base().with(after(checkpoint()).stream()
                .filter(manifest -> manifest.sequence() <= sequence)
                .toList());
        Path checkpoint = new Path(layout.checkpoints(), name(sequence));
        store.makeFolder(layout.checkpoints());
        Path temporary = checkpoint.suffix(".tmp");
        store.delete(temporary);
        store.write(temporary, CheckpointFormat.encode(covered));
        store.move(temporary, checkpoint);
        // Checkpoints before manifests: with the new one, the former ones and the manifests are no longer read.
        for (Path folder : List.of(layout.checkpoints(), layout.commits())) {
            for (String name : names(folder)) {
                if (name.compareTo(name(sequence)) < 0) {
                    store.delete(new Path(folder, name));
                }
            }
        }
    }

    private TopicState base() throws IOException {
        long sequence = checkpoint();
        if (sequence == 0) {
            return TopicState.EMPTY;
        }
        Path file = new Path(layout.checkpoints(), name(sequence));
        try {
            return CheckpointFormat.decode(store.read(file));
        } catch (IllegalArgumentException e) {
            throw unreadable("checkpoint", file, e);
        }
    }

    /** A manifest never changes, so each one is read once for the state. */
    private void readNewManifests() throws IOException {
        while (true) {
            if (state.sequence() == 0) {
                state = base();
            }
            try {
                state = state.with(after(state.sequence()));
                return;
            } catch (IllegalArgumentException | FileNotFoundException e) {
                if (checkpoint() <= state.sequence()) {
                    throw new IOException(
                            "commits of topic " + layout.topic() + " in " + layout.commits() + ": " + e.getMessage(),
                            e);
                }
                // A rival has replaced these manifests by a checkpoint while they were read.
                state = TopicState.EMPTY;
            }
        }
    }

    private List<String> names(Path folder) throws IOException {
        return store.names(folder).stream().filter(NAME.asMatchPredicate()).toList();
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
            throw unreadable("manifest", file, e);
        }
    }

    private static IOException unreadable(String kind, Path file, IllegalArgumentException e) {
        return new IOException(
                "cannot read " + kind + " " + file + ": " + e.getMessage()
                        + ". Nothing was loaded. If a newer loader wrote the file, use that loader; otherwise"
                        + " restore the file from a backup, or load the topic to another output.path",
                e);
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
