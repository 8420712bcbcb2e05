package io.tailrace.loader;

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
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The file system below {@code output.path}, with the few operations whose failure the commit protocol must be able to
 * rely on. Thread-safe.
 *
 * <p>{@code hdfs://} and {@code file://} differ in what renaming onto a file does: HDFS refuses, the local file system
 * overwrites. So nothing here renames onto anything, and {@link #publish} is atomic on both.
 */
final class Store implements AutoCloseable {
    private final FileSystem files;
    private final boolean isLocal;

    private Store(FileSystem files, boolean isLocal) {
        this.files = files;
        this.isLocal = isLocal;
    }

    /**
     * Opens the file system of a path.
     *
     * @throws IllegalArgumentException for any but {@code hdfs} and {@code file}: object stores rename by copying
     */
    static Store open(Path root, Configuration hadoop) throws IOException {
        Configuration conf = new Configuration(hadoop);
        // The default for file:// keeps checksums in files beside, and its hsync does nothing.
        conf.setClass("fs.file.impl", RawLocalFileSystem.class, FileSystem.class);
        FileSystem files = FileSystem.newInstance(root.toUri(), conf);
        String scheme = files.getUri().getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("hdfs") && !scheme.equals("file")) {
            files.close();
            throw new IllegalArgumentException(
                    root + ": expected a path on hdfs:// or file://, whose renames are atomic");
        }
        return new Store(files, scheme.equals("file"));
    }

    /** The path with its scheme and authority. */
    Path qualified(Path path) {
        return files.makeQualified(path);
    }

    boolean exists(Path path) throws IOException {
        return files.exists(path);
    }

    void makeFolder(Path path) throws IOException {
        if (!files.mkdirs(path)) {
            throw new IOException("cannot make the folder " + path);
        }
    }

    long length(Path file) throws IOException {
        return files.getFileStatus(file).getLen();
    }

    /** The names in a folder, sorted; none where there is no folder. */
    List<String> names(Path folder) throws IOException {
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

    byte[] read(Path file) throws IOException {
        try (var in = files.open(file)) {
            return in.readAllBytes();
        }
    }

    /**
     * Starts a file; whoever writes it calls {@code hsync} before closing it. Never makes its folder: a run whose folder
     * was taken away must not have one again.
     *
     * @throws CommitConflictException when there is no folder for it
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
            throw new CommitConflictException(file.getParent() + " was removed by another run");
        }
    }

    long defaultBlockBytes(Path file) {
        return files.getDefaultBlockSize(file);
    }

    /** Writes a file, and forces it to disk. */
    void write(Path file, byte[] bytes) throws IOException {
        try (FSDataOutputStream out = create(file, bytes.length + 1, defaultBlockBytes(file))) {
            out.write(bytes);
            out.hsync();
        }
    }

    /**
     * Moves a file or folder to a name that nothing has. The caller knows that nobody else makes it meanwhile.
     *
     * @throws IOException when there is something of that name, or nothing to move
     */
    void move(Path from, Path to) throws IOException {
        if (files.exists(to)) {
            throw new IOException("cannot move " + from + " to " + to + ", which exists");
        }
        if (!files.rename(from, to)) {
            throw new IOException("cannot move " + from + " to " + to);
        }
    }

    /**
     * Gives a file the name {@code to} unless there is one of that name, atomically: of all that try, one succeeds.
     * Where it has returned, the name survives a crash of the machine.
     *
     * @throws CommitConflictException when the name is taken, or {@code from} has been taken away
     */
    void publish(Path from, Path to) throws IOException {
        if (isLocal) {
            link(from, to);
        } else if (!files.rename(from, to)) {
            throw new CommitConflictException(
                    files.exists(to) ? to + " was published by another run" : from + " was removed by another run");
        }
    }

    private static void link(Path from, Path to) throws IOException {
        java.nio.file.Path target = local(to);
        try {
            Files.createLink(target, local(from));
        } catch (FileAlreadyExistsException e) {
            throw new CommitConflictException(to + " was published by another run");
        } catch (NoSuchFileException e) {
            throw new CommitConflictException(from + " was removed by another run");
        }
        try (FileChannel folder = FileChannel.open(local(to.getParent()), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }

    /** Deletes a folder and all in it, if there is one. */
    void delete(Path folder) throws IOException {
        if (!files.delete(folder, true) && files.exists(folder)) {
            throw new IOException("cannot delete " + folder);
        }
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
