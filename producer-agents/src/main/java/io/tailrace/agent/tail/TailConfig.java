package io.tailrace.agent.tail;

import java.nio.charset.Charset;
import java.util.List;

/**
 * Which files to follow, and how. Immutable.
 *
 * @param source the source's name
 * @param files which files, and from where
 * @param charset the files' encoding, of a fixed byte order
 * @param lineBytesMax longest line; a longer one is truncated
 * @param chunkBytesMax bytes read from one file at once; a crash repeats at most four times as many
 * @param rotatedWaitMs how long a file that no glob matches any longer is watched for late writes
 * @param idleCloseMs after how long a file that does not grow is closed
 * @param forgetMs after how long a content whose file is missing is forgotten
 */
public record TailConfig(
        String source,
        FileSelection files,
        Charset charset,
        int lineBytesMax,
        int chunkBytesMax,
        long rotatedWaitMs,
        long idleCloseMs,
        long forgetMs) {
    /** The paths that the source follows. */
    public List<String> globs() {
        return files.globs();
    }

    byte[] newline() {
        return "\n".getBytes(charset);
    }

    LineReader lineReader() {
        return new LineReader(newline(), "\r".getBytes(charset), lineBytesMax, chunkBytesMax);
    }
}
