package io.tailrace.loader;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** The manifests of a topic, numbered without a hole. The newest tells what has been loaded. */
final class CommitLog {
    private static final Pattern NAME = Pattern.compile("\\d{20}\\.json");
    private static final String STAGED_NAME = "manifest.json";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    private final Store store;
    private final Layout layout;

    CommitLog(Store store, Layout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** The newest manifest, or empty before the first commit. */
    Optional<Manifest> newest() throws IOException {
        List<String> names = store.names(layout.commits()).stream()
                .filter(NAME.asMatchPredicate())
                .toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(read(names.get(names.size() - 1)));
    }

    private Manifest read(String name) throws IOException {
        Path file = new Path(layout.commits(), name);
        Manifest manifest;
        try {
            manifest = JSON.readValue(store.read(file), Manifest.class);
        } catch (JacksonException e) {
            throw new IOException("manifest " + file + " cannot be read: " + e.getOriginalMessage(), e);
        }
        if (manifest.format() != Manifest.FORMAT || !name.equals(name(manifest.sequence()))) {
            throw new IOException("manifest " + file + ": expected format " + Manifest.FORMAT
                    + " and the sequence of its" + " name, found " + manifest.format() + " and " + manifest.sequence());
        }
        return manifest;
    }

    /** Writes a manifest, whole and forced, into its run's staging folder. */
    void stage(Manifest manifest) throws IOException {
        store.makeFolder(layout.commits());
        store.write(staged(manifest), JSON.writeValueAsBytes(manifest));
    }

    /**
     * Makes a staged manifest count.
     *
     * @throws CommitConflictException when another run has committed under its number, or has fenced this run
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
