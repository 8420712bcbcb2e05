package io.tailrace.server.api;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.tailrace.log.FileSlice;
import io.tailrace.protocol.RecordsPayload;
import java.nio.ByteBuffer;

/** Records in a file of the log, sent with sendfile. The answer owns the slice and closes it once it is written. */
record FileRecords(FileSlice slice) implements RecordsPayload {
    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public ByteBuffer buffer() {
        throw new IllegalStateException("records of " + sizeInBytes() + " bytes are in a file");
    }

    /** The slice as Netty sends it. The file belongs to its segment: releasing the region closes only the slice. */
    FileRegion region() {
        return new DefaultFileRegion(slice.channel(), slice.position(), slice.sizeInBytes()) {
            @Override
            protected void deallocate() {
                slice.close();
            }
        };
    }
}
