package io.tailrace.server.api;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.tailrace.log.FileSlice;
import io.tailrace.protocol.RecordsPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records in a file of the log, sent with sendfile. The answer owns the slice and closes it once it is written. */
public record FileRecords(FileSlice slice) implements RecordsPayload {
    private static final Logger LOG = LoggerFactory.getLogger(FileRecords.class);

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public ByteBuffer buffer() {
        throw new IllegalStateException("records of " + sizeInBytes() + " bytes are in a file");
    }

    /** The slice as Netty sends it. */
    FileRegion region() {
        return new Region(slice);
    }

    /**
     * A region of the file. If the file has become shorter since it was read, Netty fails to send the region and closes the
     * connection. The log compares sizes before an answer, so this takes a truncation between the two.
     */
    private static final class Region extends DefaultFileRegion {
        private final FileSlice slice;

        Region(FileSlice slice) {
            super(slice.channel(), slice.position(), slice.sizeInBytes());
            this.slice = slice;
        }

        /** Closes only the slice: the file belongs to its segment. */
        @Override
        protected void deallocate() {
            if (transferred() < count()) {
                logMissingBytes();
            }
            slice.close();
        }

        private void logMissingBytes() {
            try {
                long fileBytes = slice.channel().size();
                long endBytes = slice.position() + slice.sizeInBytes();
                if (fileBytes < endBytes) {
                    LOG.warn(
                            "fetch answer cut off and its connection closed, as its file was truncated: {} ends at byte {},"
                                    + " expected at least {}",
                            slice.file(),
                            fileBytes,
                            endBytes);
                }
            } catch (IOException e) {
                LOG.warn("fetch answer cut off and its connection closed: {}", slice.file(), e);
            }
        }
    }
}
