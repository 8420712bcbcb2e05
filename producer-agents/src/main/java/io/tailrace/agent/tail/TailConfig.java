package io.tailrace.agent.tail;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;

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
 * @param multiline which lines make one record; empty if each line does
 * @param chunkLinesMax most records of a chunk, up to {@link #CHUNK_LINES_MAX}
 */
public record TailConfig(
        String source,
        FileSelection files,
        Charset charset,
        int lineBytesMax,
        int chunkBytesMax,
        long rotatedWaitMs,
        long idleCloseMs,
        long forgetMs,
        Optional<Multiline> multiline,
        int chunkLinesMax) {
    /** Bounds the memory of a chunk of very short lines. */
    public static final int CHUNK_LINES_MAX = 4_096;

    /** The paths that the source follows. */
    public List<String> globs() {
        return files.globs();
    }

    byte[] newline() {
        return "\n".getBytes(charset);
    }

    /** Files each of whose lines is a record. */
    public TailConfig(
            String source,
            FileSelection files,
            Charset charset,
            int lineBytesMax,
            int chunkBytesMax,
            long rotatedWaitMs,
            long idleCloseMs,
            long forgetMs) {
        this(
                source,
                files,
                charset,
                lineBytesMax,
                chunkBytesMax,
                rotatedWaitMs,
                idleCloseMs,
                forgetMs,
                Optional.empty(),
                CHUNK_LINES_MAX);
    }

    /** The same files, of whose lines several make a record. */
    public TailConfig with(Multiline records) {
        return new TailConfig(
                source,
                files,
                charset,
                lineBytesMax,
                chunkBytesMax,
                rotatedWaitMs,
                idleCloseMs,
                forgetMs,
                Optional.of(records),
                chunkLinesMax);
    }

    /** The same files, with fewer lines in a chunk. */
    public TailConfig withChunkLinesMax(int lines) {
        return new TailConfig(
                source,
                files,
                charset,
                lineBytesMax,
                chunkBytesMax,
                rotatedWaitMs,
                idleCloseMs,
                forgetMs,
                multiline,
                lines);
    }
}
