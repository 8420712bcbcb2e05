package io.tailrace.loader.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * A file system whose calls, as far as a {@link Store} makes them, go through an interceptor. Of the writes to a file, only the
 * first does.
 */
public final class InterceptedFileSystem extends FilterFileSystem {
    /** Makes the call, or does something else. */
    public interface Interceptor {
        <T> T call(String name, Call<T> call) throws IOException;
    }

    /** A call of the file system. */
    @FunctionalInterface
    public interface Call<T> {
        T run() throws IOException;
    }

    private final Interceptor interceptor;

    public InterceptedFileSystem(FileSystem files, Interceptor interceptor) {
        super(files);
        this.interceptor = interceptor;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        return interceptor.call("status " + path.getName(), () -> fs.getFileStatus(path));
    }

    @Override
    public FileStatus[] listStatus(Path folder) throws IOException {
        return interceptor.call("list " + folder.getName(), () -> fs.listStatus(folder));
    }

    @Override
    public boolean mkdirs(Path folder) throws IOException {
        return interceptor.call("mkdirs " + folder.getName(), () -> fs.mkdirs(folder));
    }

    @Override
    public boolean mkdirs(Path folder, FsPermission permission) throws IOException {
        return interceptor.call("mkdirs " + folder.getName(), () -> fs.mkdirs(folder, permission));
    }

    @Override
    public FSDataInputStream open(Path file) throws IOException {
        return interceptor.call("open " + file.getName(), () -> fs.open(file));
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        return interceptor.call("rename " + from.getName() + " to " + to.getName(), () -> fs.rename(from, to));
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        return interceptor.call("delete " + path.getName(), () -> fs.delete(path, recursive));
    }

    @Override
    public InterceptedBuilder createFile(Path file) {
        return new InterceptedBuilder(this, file);
    }

    /** Creates the file that its caller describes. */
    public final class InterceptedBuilder extends FSDataOutputStreamBuilder<FSDataOutputStream, InterceptedBuilder> {
        private InterceptedBuilder(FileSystem files, Path file) {
            super(files, file);
        }

        @Override
        public InterceptedBuilder getThisBuilder() {
            return this;
        }

        @Override
        public FSDataOutputStream build() throws IOException {
            Path file = Objects.requireNonNull(getPath());
            FSDataOutputStream out = interceptor.call("create " + file.getName(), () -> fs.createFile(file)
                    .overwrite(false)
                    .bufferSize(getBufferSize())
                    .replication(getReplication())
                    .blockSize(getBlockSize())
                    .build());
            return new FSDataOutputStream(new InterceptedOutput(out, file), null);
        }
    }

    private final class InterceptedOutput extends FilterOutputStream implements Syncable {
        private final FSDataOutputStream file;
        private final Path path;
        private boolean isWritten;

        private InterceptedOutput(FSDataOutputStream file, Path path) {
            super(file);
            this.file = file;
            this.path = path;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (isWritten) {
                file.write(bytes, from, length);
                return;
            }
            isWritten = true;
            interceptor.call("write " + path.getName(), () -> {
                file.write(bytes, from, length);
                return true;
            });
        }

        @Override
        public void hflush() throws IOException {
            throw new UnsupportedOperationException("the loader does not call hflush");
        }

        @Override
        public void hsync() throws IOException {
            interceptor.call("hsync " + path.getName(), () -> {
                file.hsync();
                return true;
            });
        }

        @Override
        public void close() throws IOException {
            // The file is closed in any case, as by the end of a process.
            try (file) {
                interceptor.call("close " + path.getName(), () -> true);
            }
        }
    }
}
