package io.tailrace.server.api;

import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultFileRegion;
import io.tailrace.log.LogSlice;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.codec.EncodedMessage;
import io.tailrace.server.network.Response;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Messages as the socket takes them: buffers, and slices of the log by sendfile. */
final class Wire {
    private Wire() {}

    /** Records in a file of the log. They belong to the message, and are let go of once written. */
    record FileRecords(LogSlice slice) implements RecordsPayload {
        @Override
        public int sizeInBytes() {
            return slice.sizeInBytes();
        }

        @Override
        public ByteBuffer buffer() {
            throw new IllegalStateException("records of " + sizeInBytes() + " bytes are in a file");
        }
    }

    /** A message's parts in order. */
    static Response response(EncodedMessage message) {
        List<Object> parts = new ArrayList<>();
        message.writeTo(new EncodedMessage.Sink() {
            @Override
            public void bytes(ByteBuffer bytes) {
                parts.add(Unpooled.wrappedBuffer(bytes));
            }

            @Override
            public void records(RecordsPayload records) {
                parts.add(
                        records instanceof FileRecords file
                                ? new SliceRegion(file.slice())
                                : Unpooled.wrappedBuffer(records.buffer()));
            }
        });
        return Response.of(parts);
    }

    /** A slice of a segment's file. The file is the segment's: when written, the slice is closed and not the file. */
    private static final class SliceRegion extends DefaultFileRegion {
        private final LogSlice slice;

        SliceRegion(LogSlice slice) {
            super(slice.channel(), slice.position(), slice.sizeInBytes());
            this.slice = slice;
        }

        @Override
        protected void deallocate() {
            slice.close();
        }
    }
}
