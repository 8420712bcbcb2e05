package io.tailrace.loader.store;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** A Parquet file in the store. */
public final class StoredInputFile implements InputFile {
    private final Store store;
    private final Path path;
    private final long bytes;

    /** @throws IOException if the file does not exist */
    public StoredInputFile(Store store, Path path) throws IOException {
        this.store = store;
        this.path = path;
        this.bytes = store.length(path);
    }

    @Override
    public long getLength() {
        return bytes;
    }

    @Override
    public SeekableInputStream newStream() throws IOException {
        return HadoopStreams.wrap(store.open(path));
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
