package io.tailrace.agent.tail;

import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.Map;

/** The buffers into which files are read. Sources that read alike share one, as one file is read at a time. Not thread-safe. */
public final class LineBuffers {
    private final Map<Shape, LineBuffer> buffers = new HashMap<>();
    private final FreeArrays free = new FreeArrays();

    private record Shape(Charset charset, int lineBytesMax, int chunkBytesMax, int chunkLinesMax) {}

    /** The buffer of a source: nobody may rely on what it holds beyond a read. */
    LineBuffer of(TailConfig config) {
        Shape shape =
                new Shape(config.charset(), config.lineBytesMax(), config.chunkBytesMax(), config.chunkLinesMax());
        return buffers.computeIfAbsent(
                shape,
                added -> new LineBuffer(
                        "\n".getBytes(added.charset),
                        "\r".getBytes(added.charset),
                        added.lineBytesMax,
                        added.chunkBytesMax,
                        added.chunkLinesMax,
                        free));
    }
}
