package io.tailrace.loader.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;

/**
 * The file system of {@code output.path}, reduced to the operations that the commit protocol relies on. Thread-safe.
 *
 * <p>If the target of a rename exists, HDFS refuses and the local file system overwrites it. {@link #move} therefore
 * checks the target first, and {@link #publish} is atomic on both.
 */
public final class Store implements AutoCloseable {
    private static final int COPY_BYTES = 1 << 16;
    private static final String COMPLETE_DELAY_MS = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms";
    private static final String COMPLETE_RETRIES = "dfs.client.block.write.locateFollowingBlock.retries";

    private final FileSystem files;
    private final boolean isLocal;

    Store(FileSystem files, boolean isLocal) {
        this.files = files;
        this.isLocal = isLocal;
    }

    /**
     * Opens the file system of a path.
     *
     * @throws IllegalArgumentException if the scheme is not {@code hdfs} or {@code file}: object stores rename by
     *     copying
     */
    public static Store open(Path root, Configuration hadoop) throws IOException {
        FileSystem files = FileSystem.newInstance(root.toUri(), clientSettings(hadoop));
        String scheme = files.getUri().getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("hdfs") && !scheme.equals("file")) {
            files.close();
            throw new IllegalArgumentException(
                    "output.path " + root + ": expected hdfs:// or file://, where renames are atomic");
        }
        return new Store(files, scheme.equals("file"));
    }

    static Configuration clientSettings(Configuration hadoop) {
        Configuration conf = new Configuration(hadoop);
        // The default for file:// writes checksum files, and its hsync does nothing.
        conf.setClass("fs.file.impl", LocalFiles.class, FileSystem.class);
        // A client that closes a file often asks the NameNode before the DataNode has reported the last block. By
        // default
        // it then sleeps for 400 ms, and twice as long each of 5 times. This is as patient, but a small file waits
        // less.
        conf.setIfUnset(COMPLETE_DELAY_MS, "20");
        conf.setIfUnset(COMPLETE_RETRIES, "10");
        return conf;
    }

    /** Adds scheme and authority to a path. */
    public Path qualified(Path path) {
        return files.makeQualified(path);
    }

    public boolean exists(Path path) throws IOException {
        return files.exists(path);
    }

    public void makeFolder(Path path) throws IOException {
        if (!files.mkdirs(path)) {
            throw new IOException("cannot create folder " + path);
        }
    }

    public long length(Path file) throws IOException {
        return files.getFileStatus(file).getLen();
    }

    /** Returns the sorted names in a folder; empty if the folder does not exist. */
    public List<String> names(Path folder) throws IOException {
        try {
            List<String> names = new ArrayList<>();
            for (FileStatus status : files.listStatus(folder)) {
                names.add(status.getPath().getName());
            }
            names.sort(null);
            return names;
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    /** Returns when a file was last written to, in milliseconds since the epoch. A rename does not change it. */
    public long modifiedMs(Path file) throws IOException {
        return files.getFileStatus(file).getModificationTime();
    }

    FSDataInputStream open(Path file) throws IOException {
        return files.open(file);
    }

    public byte[] read(Path file) throws IOException {
        try (var in = files.open(file)) {
            return in.readAllBytes();
        }
    }

    /**
     * Creates a file; the caller calls {@code hsync} before closing it. Never creates the folder, or a fenced run would
     * get its folder back.
     *
     * @throws CommitConflictException if the folder does not exist
     */
    FSDataOutputStream create(Path file, int bufferBytes, long blockBytes) throws IOException {
        try {
            return files.createFile(file)
                    .overwrite(false)
                    .bufferSize(bufferBytes)
                    .replication(files.getDefaultReplication(file))
                    .blockSize(blockBytes)
                    .build();
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new CommitConflictException(removed(file.getParent()));
        }
    }

    long defaultBlockBytes(Path file) {
        return files.getDefaultBlockSize(file);
    }

    /** Writes a file and forces it to disk. */
    public void write(Path file, byte[] bytes) throws IOException {
        FSDataOutputStream out = create(file, bytes.length + 1, defaultBlockBytes(file));
        try {
            out.write(bytes);
        } catch (IOException e) {
            IOUtils.closeStream(out);
            throw e;
        }
        FileSync.AT_ONCE.sync(out);
    }

    /** Copies a file, forces the copy to disk and returns its size. */
    public long copy(Path from, Path to) throws IOException {
        try (FSDataInputStream in = files.open(from);
                FSDataOutputStream out = create(to, COPY_BYTES, defaultBlockBytes(to))) {
            long bytes = in.transferTo(out);
            out.hsync();
            return bytes;
        }
    }

    /**
     * Moves a file or folder. Not atomic with the check of the target: nothing else may create it at the same time.
     *
     * @throws IOException if the target exists or the source does not
     */
    public void move(Path from, Path to) throws IOException {
        if (files.exists(to)) {
            throw new IOException("cannot move " + from + " to " + to + ": the target exists");
        }
        if (!files.rename(from, to)) {
            throw new IOException("cannot move " + from + " to " + to);
        }
    }

    /**
     * Moves or links a file to a name, atomically: only one caller succeeds. On return the name survives a crash of the
     * machine.
     *
     * @throws CommitConflictException if the name exists or {@code from} does not
     */
    public void publish(Path from, Path to) throws IOException {
        if (isLocal) {
            link(from, to);
        } else if (!files.rename(from, to)) {
            throw new CommitConflictException(files.exists(to) ? published(to) : removed(from));
        }
    }

    private static void link(Path from, Path to) throws IOException {
        java.nio.file.Path target = local(to);
        try {
            Files.createLink(target, local(from));
        } catch (FileAlreadyExistsException e) {
            throw new CommitConflictException(published(to));
        } catch (NoSuchFileException e) {
            throw new CommitConflictException(removed(from));
        }
        try (FileChannel folder = FileChannel.open(local(to.getParent()), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static String published(Path to) {
        return "another run published " + to + ". Nothing of this run was committed";
    }

    private static String removed(Path from) {
        return "another run removed " + from + ". Nothing of this run was committed";
    }

    private static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }

    /** Deletes a file, if it exists, and then the folders above it that are empty, up to a folder that is kept. */
    public void deleteWithEmptyFolders(Path file, Path kept) throws IOException {
        delete(file);
        for (Path folder = file.getParent();
                !folder.equals(kept) && isEmptyFolder(folder);
                folder = folder.getParent()) {
            // Not recursively: if a file appears at the same time, the folder stays.
            if (!files.delete(folder, false)) {
                return;
            }
        }
    }

    private boolean isEmptyFolder(Path folder) throws IOException {
        return files.exists(folder) && names(folder).isEmpty();
    }

    /** Deletes a folder with its contents, if it exists. */
    public void delete(Path folder) throws IOException {
        if (!files.delete(folder, true) && files.exists(folder)) {
            throw new IOException("cannot delete " + folder);
        }
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
