package io.tailrace.agent.tail;

import java.nio.file.FileSystem;

/**
 * What the sources of an agent share.
 *
 * @param fileSystem where their files are
 * @param directories the directories of their files; the agent closes them
 * @param openFiles the descriptors that their files may have
 */
public record TailResources(FileSystem fileSystem, Directories directories, OpenFiles openFiles) {}
