package io.tailrace.loader.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file that is forced to disk when it is closed, because a commit will refer to it. It is created when it has more than
 * {@value #SMALL_BYTES} bytes or is closed, so that a {@link BackgroundSync} creates several small files at once.
 */
public final class SyncedOutputFile implements OutputFile {
    static final int SMALL_BYTES = 256 << 10;
    private static final int BUFFER_BYTES = 64 << 10;

    private final Store store;
    private final Path path;
    private final FileSync sync;
    private long bytes;

    /** A file that is on disk when it is closed. */
    public SyncedOutputFile(Store store, Path path) {
        this(store, path, FileSync.AT_ONCE);
    }

    /** A file that is forced to disk when it is closed, or later if {@code sync} does that. */
    public SyncedOutputFile(Store store, Path path, FileSync sync) {
        this.store = store;
        this.path = path;
        this.sync = sync;
    }

    /** Length of the file once it is closed. */
    public long bytes() {
        return bytes;
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) {
        return new SyncedStream(Math.max(blockSizeHint, store.defaultBlockBytes(path)));
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
        throw new UnsupportedOperationException("cannot overwrite " + path + ": staged files have unique names");
    }

    @Override
    public boolean supportsBlockSize() {
        return true;
    }

    @Override
    public long defaultBlockSize() {
        return store.defaultBlockBytes(path);
    }

    @Override
    public String getPath() {
        return path.toString();
    }

    private final class SyncedStream extends PositionOutputStream {
        private final long blockBytes;
        private ByteArrayOutputStream small = new ByteArrayOutputStream();
        private @Nullable FSDataOutputStream file;
        private long position;

        SyncedStream(long blockBytes) {
            this.blockBytes = blockBytes;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int b) throws IOException {
            target(1).write(b);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            target(length).write(bytes, offset, length);
            position += length;
        }

        private OutputStream target(int length) throws IOException {
            return file == null && small.size() + length <= SMALL_BYTES ? small : created();
        }

        private FSDataOutputStream created() throws IOException {
            if (file == null) {
                file = store.create(path, BUFFER_BYTES, blockBytes);
                try {
                    small.writeTo(file);
                } catch (IOException e) {
                    IOUtils.closeStream(file);
                    throw e;
                }
                small = new ByteArrayOutputStream(0);
            }
            return file;
        }

        @Override
        public void flush() throws IOException {
            if (file != null) {
                file.flush();
            }
        }

        @Override
        public void close() throws IOException {
            bytes = position;
            sync.sync(this::created);
        }
    }
}
