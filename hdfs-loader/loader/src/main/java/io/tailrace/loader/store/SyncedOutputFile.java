package io.tailrace.loader.store;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A Parquet file that is forced to disk when it is closed, because a commit will refer to it. */
public final class SyncedOutputFile implements OutputFile {
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
    public PositionOutputStream create(long blockSizeHint) throws IOException {
        long blockBytes = Math.max(blockSizeHint, store.defaultBlockBytes(path));
        return new SyncedStream(store.create(path, BUFFER_BYTES, blockBytes));
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
        private final FSDataOutputStream out;

        SyncedStream(FSDataOutputStream out) {
            this.out = out;
        }

        @Override
        public long getPos() {
            return out.getPos();
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            bytes = out.getPos();
            sync.sync(out);
        }
    }
}
