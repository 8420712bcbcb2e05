package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.SyncedOutputFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The libraries on HDFS that jobs run with. Runs with equal libraries share a zip file:
 *
 * <pre>
 * HASH/libraries.zip     uploaded once, never changed: YARN refuses a file that changed since the job was submitted
 * HASH/used-2026-11-29   the last day on which a job was submitted with it
 * upload-2026-11-29-ID   an upload that is not finished
 * </pre>
 *
 * <p>Libraries that no job used for {@link #KEPT_DAYS} days are deleted. Loaders may work here at the same time.
 */
final class LibraryStore {
    private static final Logger log = LoggerFactory.getLogger(LibraryStore.class);

    /** Longer than any job runs. */
    static final int KEPT_DAYS = 30;

    private static final String ZIP = "libraries.zip";
    private static final String USED = "used-";
    private static final String UPLOAD = "upload-";
    private static final int DAY_LENGTH = "2026-11-29".length();
    private static final int BUFFER_BYTES = 1 << 20;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final Store store;
    private final Path folder;

    LibraryStore(Store store, Path folder) {
        this.store = store;
        this.folder = folder;
    }

    /**
     * Uploads libraries unless they are there.
     *
     * @param today the day in UTC
     * @return the zip file
     */
    Path ship(Libraries libraries, LocalDate today) throws IOException {
        Path shipped = new Path(folder, libraries.hash());
        Path zip = new Path(shipped, ZIP);
        // Before the look at the file, so that no other loader deletes it in between.
        markUsed(shipped, today);
        if (!store.exists(zip)) {
            upload(libraries, zip, today);
            deleteUnused(today);
        }
        return store.qualified(zip);
    }

    private void markUsed(Path shipped, LocalDate today) throws IOException {
        store.makeFolder(shipped);
        List<String> marks = marks(shipped);
        Path mark = new Path(shipped, USED + today);
        if (marks.contains(mark.getName())) {
            return;
        }
        try {
            store.write(mark, new byte[0]);
        } catch (IOException e) {
            if (!store.exists(mark)) {
                throw e;
            }
        }
        for (String old : marks) {
            store.delete(new Path(shipped, old));
        }
    }

    private void upload(Libraries libraries, Path target, LocalDate today) throws IOException {
        log.info("uploading the loader's libraries for containers, once: {}", target);
        Path upload = new Path(folder, UPLOAD + today + "-" + UUID.randomUUID());
        store.makeFolder(upload);
        Path zip = new Path(upload, ZIP);
        try (OutputStream out = new BufferedOutputStream(new SyncedOutputFile(store, zip).create(0), BUFFER_BYTES)) {
            libraries.writeZip(out);
        }
        try {
            store.publish(zip, target);
        } catch (CommitConflictException e) {
            if (!store.exists(target)) {
                throw e;
            }
            log.info("another loader uploaded the same libraries: {}", target);
        }
        store.delete(upload);
    }

    private List<String> marks(Path shipped) throws IOException {
        return store.names(shipped).stream()
                .filter(name -> name.startsWith(USED))
                .toList();
    }

    private void deleteUnused(LocalDate today) throws IOException {
        for (String name : store.names(folder)) {
            Path old = new Path(folder, name);
            if (isUnused(old, today)) {
                log.info("deleting libraries that no job used for {} days: {}", KEPT_DAYS, old);
                store.delete(old);
            }
        }
    }

    /** A folder without a mark is one that another loader has just created. */
    private boolean isUnused(Path old, LocalDate today) throws IOException {
        if (!HASH.matcher(old.getName()).matches()) {
            return isOld(UPLOAD, old.getName(), today);
        }
        List<String> marks = marks(old);
        return !marks.isEmpty() && marks.stream().allMatch(mark -> isOld(USED, mark, today));
    }

    /** @param name the prefix, a day as {@code 2026-11-29}, and anything */
    private static boolean isOld(String prefix, String name, LocalDate today) {
        if (!name.startsWith(prefix)) {
            return false;
        }
        try {
            String day = name.substring(prefix.length(), Math.min(name.length(), prefix.length() + DAY_LENGTH));
            return LocalDate.parse(day).plusDays(KEPT_DAYS).isBefore(today);
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
