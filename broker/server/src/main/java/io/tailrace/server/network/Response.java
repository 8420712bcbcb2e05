package io.tailrace.server.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * The bytes of one answer, size prefix included: buffers and slices of files, written in this order. Owned by whoever
 * holds it last; the connection releases it once written.
 *
 * @param parts {@link ByteBuf}s and {@link FileRegion}s
 * @param sizeBytes sum of their sizes
 */
public record Response(List<Object> parts, long sizeBytes) {

    /** A response of one buffer. */
    public static Response of(ByteBuf bytes) {
        return new Response(List.of(bytes), bytes.readableBytes());
    }

    /** A response of several parts. */
    public static Response of(List<Object> parts) {
        long sizeBytes = 0;
        for (Object part : parts) {
            sizeBytes += part instanceof FileRegion region ? region.count() : ((ByteBuf) part).readableBytes();
        }
        return new Response(parts, sizeBytes);
    }

    /** Lets go of buffers and files, unwritten. */
    void release() {
        parts.forEach(ReferenceCountUtil::release);
    }
}
