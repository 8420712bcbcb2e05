package io.tailrace.loader.store;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.io.IOUtils;

/** Completes a file: forces it to disk and closes it. */
@FunctionalInterface
public interface FileSync {
    /** Returns when the file is on disk. */
    FileSync AT_ONCE = file -> {
        FSDataOutputStream out = file.written();
        try {
            out.hsync();
        } catch (IOException e) {
            // Not as a resource: HDFS fails to close the file with the same exception, which cannot suppress itself.
            IOUtils.closeStream(out);
            throw e;
        }
        out.close();
    };

    /** Forces the file to disk, now or later, and closes it. */
    void sync(CompleteFile file) throws IOException;

    /** A file whose contents are known. */
    @FunctionalInterface
    interface CompleteFile {
        /** Writes what is not written yet, or even creates the file, and returns it. Called once. */
        FSDataOutputStream written() throws IOException;
    }
}
