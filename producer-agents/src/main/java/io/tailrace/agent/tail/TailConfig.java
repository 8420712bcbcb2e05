package io.tailrace.agent.tail;

import java.nio.charset.Charset;
import java.util.List;

/**
 * Which files to follow, and how.
 *
 * @param source the source's name
 * @param globs absolute paths with {@code *}, {@code ?}, {@code [..]}, {@code {a,b}} and {@code **}
 * @param charset the files' encoding; of a fixed byte order
 * @param lineBytesMax longest line; what is longer is cut
 * @param chunkBytesMax what is read of one file in one go, and so what may be sent again after a crash
 * @param rotatedWaitMs how long a file that has lost its name is still watched for late writes
 * @param idleCloseMs when a file that does not grow is closed
 * @param forgetMs when a content whose file is gone is forgotten
 */
public record TailConfig(
        String source,
        List<String> globs,
        Charset charset,
        int lineBytesMax,
        int chunkBytesMax,
        long rotatedWaitMs,
        long idleCloseMs,
        long forgetMs) {
    public TailConfig {
        globs = List.copyOf(globs);
    }

    LineReader lineReader() {
        return new LineReader("\n".getBytes(charset), "\r".getBytes(charset), lineBytesMax, chunkBytesMax);
    }
}
