package io.tailrace.agent.tail;

import java.nio.file.FileSystem;

/**
 * What the sources of an agent share.
 *
 * @param fileSystem where their files are
 * @param directories the directories of their files; the agent closes them
 * @param openFiles the descriptors that their files may have
 * @param lineBuffers the buffers into which they are read
 * @param chunksInFlightMax how many chunks of a file may be sent and not acknowledged
 */
public record TailResources(
        FileSystem fileSystem,
        Directories directories,
        OpenFiles openFiles,
        LineBuffers lineBuffers,
        int chunksInFlightMax) {
    /** So many that one chunk is read and encoded while others are compressed and sent. */
    public static final int CHUNKS_IN_FLIGHT = 4;

    public TailResources(FileSystem fileSystem, Directories directories, OpenFiles openFiles) {
        this(fileSystem, directories, openFiles, CHUNKS_IN_FLIGHT);
    }

    public TailResources(FileSystem fileSystem, Directories directories, OpenFiles openFiles, int chunksInFlightMax) {
        this(fileSystem, directories, openFiles, new LineBuffers(), chunksInFlightMax);
    }
}
