package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FollowedFile.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Standard input and the named pipes of one source. What they deliver has no position to come back to, so the checkpoint does not keep it.
 * Not thread-safe.
 */
final class SourceStreams {
    private static final Logger log = LoggerFactory.getLogger(SourceStreams.class);
    private static final FileId STANDARD_INPUT = new FileId(-1, -1);

    private final TailConfig config;
    private final FileFinder finder;
    private final OpenFiles openFiles;
    private final ReadTurns turns;
    private final Path standardInput;
    private final Map<FileId, Stream> streams = new HashMap<>();
    private final List<FollowedFile> followed = new ArrayList<>();
    private boolean hasStandardInput;

    private record Stream(Path path, StreamReader reader) {}

    SourceStreams(TailConfig config, FileFinder finder, TailResources shared, ReadTurns turns) {
        this.config = config;
        this.finder = finder;
        this.openFiles = shared.openFiles();
        this.turns = turns;
        standardInput = shared.fileSystem().getPath(FileSelection.STANDARD_INPUT);
        hasStandardInput = config.globs().contains(FileSelection.STANDARD_INPUT);
    }

    /** Opens what the finder has found, in threads of their own, and forgets what has ended. */
    void scan(Moment now) {
        if (hasStandardInput) {
            hasStandardInput = false;
            streams.put(STANDARD_INPUT, new Stream(standardInput, StreamReader.ofStandardInput(bytesMax())));
        }
        Map<FileId, Stat> pipes = finder.pipes();
        pipes.forEach((id, stat) -> streams.computeIfAbsent(id, each -> open(stat)));
        for (Iterator<Map.Entry<FileId, Stream>> each = streams.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<FileId, Stream> entry = each.next();
            Stream stream = entry.getValue();
            boolean isGone = !entry.getKey().equals(STANDARD_INPUT) && !pipes.containsKey(entry.getKey());
            IOException failure = stream.reader.failure();
            Stat pipe = pipes.get(entry.getKey());
            if (failure != null) {
                finder.setUnreadable(stream.path, failure);
            }
            if (failure != null && pipe != null) {
                entry.setValue(open(pipe));
            } else if (isGone && !isDelivering(stream)) {
                log.info("named pipe is gone: {}", stream.path);
                stream.reader.close();
                each.remove();
            }
        }
        poll(now);
        followed.removeIf(SourceStreams::isDone);
    }

    private Stream open(Stat stat) {
        if (!finder.unreadablePaths().contains(stat.path())) {
            log.info("following a named pipe: {}", stat.path());
        }
        return new Stream(stat.path(), StreamReader.ofPipe(stat.path(), bytesMax()));
    }

    /** Room for a chunk, and for what is read meanwhile. */
    private int bytesMax() {
        return 2 * config.chunkBytesMax();
    }

    private boolean isDelivering(Stream stream) {
        return followed.stream()
                .anyMatch(file -> file.path().equals(stream.path) && file.content() != null && !isDone(file));
    }

    private static boolean isDone(FollowedFile file) {
        Content content = file.content();
        return content == null || (content.isFinished() && file.isAtEnd() && !file.isInFlight());
    }

    /** Has everything that pipes deliver read in turn. */
    void poll(Moment now) {
        streams.forEach((id, stream) -> stream.reader.poll().ifPresent(content -> {
            Stat stat = new Stat(stream.path, id, 0, now.wallMs());
            FollowedFile file = new FollowedFile(config.source(), stat, openFiles, changed -> {});
            file.attach(stat, State.LISTED, content, new ReadCursor(), now);
            followed.add(file);
        }));
        // No scan finds that a pipe has got more, so it has turns however quiet it is.
        followed.forEach(turns::add);
    }

    List<FollowedFile> followed() {
        return followed;
    }

    /** Whether there is a writer, or none has come yet. */
    boolean isWaiting() {
        return hasStandardInput || streams.values().stream().anyMatch(stream -> stream.reader.isOpen());
    }

    /** Whether no writer has anything open, and all that they wrote was read. */
    boolean isAtEnd() {
        return !isWaiting()
                && followed.stream().allMatch(file -> {
                    Content content = file.content();
                    return content == null || (content.isFinished() && file.isAtEnd());
                });
    }

    void close() {
        streams.values().forEach(stream -> stream.reader.close());
        followed.forEach(FollowedFile::closeContent);
    }
}
