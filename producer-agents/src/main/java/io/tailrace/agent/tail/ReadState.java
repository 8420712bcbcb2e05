package io.tailrace.agent.tail;

import java.util.List;
import java.util.stream.Stream;

/**
 * How far the files of a source were read. Immutable.
 *
 * @param scannedMs when directories were last listed: files that are found later are not considered; -1 if
 *     that was never done, or a file was replaced since
 * @param files the contents that hold lines which are not acknowledged, or may get more
 * @param obstacles why there may be further lines that the agent does not see, each with a path or the source's name
 */
public record ReadState(long scannedMs, List<FileState> files, List<String> obstacles) {
    public ReadState {
        files = List.copyOf(files);
        obstacles = List.copyOf(obstacles);
    }

    /** With the contents of pipes. */
    ReadState with(List<FollowedFile> streams) {
        return new ReadState(
                scannedMs,
                Stream.concat(files.stream(), streams.stream().map(FileState::of))
                        .toList(),
                obstacles);
    }

    /**
     * How far a content was read.
     *
     * @param contentId its identity
     * @param path the path under which it was last seen
     * @param caughtUpMs when everything in the file was last known to be acknowledged; -1 if it was not since the agent's
     *     start
     * @param unacknowledgedMs when the lines that are sent and not acknowledged were read; -1 if there are none
     * @param backlogBytes bytes that were not acknowledged when its directory was last listed; 0 for a compressed file
     * @param endIncomplete whether the file ends within a line, or, if it is compressed, too early
     */
    public record FileState(
            String contentId,
            String path,
            long caughtUpMs,
            long unacknowledgedMs,
            long backlogBytes,
            boolean endIncomplete) {
        static FileState of(FollowedFile file) {
            return new FileState(
                    file.contentId(),
                    file.path().toString(),
                    file.growth().caughtUpMs(),
                    file.acknowledgements().maySendAgain()
                            ? file.acknowledgements().sentMs()
                            : -1,
                    file.backlogBytes(),
                    file.growth().isEndIncomplete());
        }
    }
}
