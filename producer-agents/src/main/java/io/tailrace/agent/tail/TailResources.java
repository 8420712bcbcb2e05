package io.tailrace.agent.tail;

import java.nio.file.FileSystem;

/**
 * What the sources of an agent share.
 *
 * @param fileSystem where their files are
 * @param directories the directories of their files; the agent closes them
 * @param openFiles the descriptors that their files may have
 * @param lineBuffers the buffers into which they are read
 */
public record TailResources(
        FileSystem fileSystem, Directories directories, OpenFiles openFiles, LineBuffers lineBuffers) {
    public TailResources(FileSystem fileSystem, Directories directories, OpenFiles openFiles) {
        this(fileSystem, directories, openFiles, new LineBuffers());
    }
}
