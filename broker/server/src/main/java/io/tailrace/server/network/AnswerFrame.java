package io.tailrace.server.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * The frame of one answer, size prefix included: buffers and regions of files, written in this order. The receiver of
 * an answer frame owns it; the connection releases it once it is written.
 *
 * @param parts {@link ByteBuf}s and {@link FileRegion}s
 * @param sizeBytes sum of their sizes
 * @param memoryBytes sum of the sizes of the buffers
 */
public record AnswerFrame(List<Object> parts, long sizeBytes, long memoryBytes) {

    /** A frame of one buffer. */
    public static AnswerFrame of(ByteBuf bytes) {
        return of(List.of(bytes));
    }

    /** A frame of several parts. */
    public static AnswerFrame of(List<Object> parts) {
        long fileBytes = 0;
        long memoryBytes = 0;
        for (Object part : parts) {
            if (part instanceof FileRegion region) {
                fileBytes += region.count();
            } else {
                memoryBytes += ((ByteBuf) part).readableBytes();
            }
        }
        return new AnswerFrame(parts, fileBytes + memoryBytes, memoryBytes);
    }

    /** Releases buffers and files that are not written. */
    void release() {
        parts.forEach(ReferenceCountUtil::release);
    }
}
