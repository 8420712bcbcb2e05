package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FollowedFile.State;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what is new in the files of one source. Not thread-safe. */
public final class SourceTail implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SourceTail.class);

    /** Bounds what a log full of overlong lines or holes writes to the agent's own log. */
    private static final long COUNT_LOG_INTERVAL_MS = 60_000;

    private final TailConfig config;
    private final FileFinder finder;
    private final ReadTurns turns;
    private final SourceFiles files;
    private final SourceStreams streams;
    private final LineReader reader;
    private final ReadBudget budget;
    private long advances;
    private long overlongLines;
    private long overlongLinesLogged;
    private long nulBytesLogged;
    private long nextCountLogMs = Long.MIN_VALUE;

    /**
     * Starts where a checkpoint left off.
     *
     * @param shared what all sources share
     * @param progress what the checkpoint keeps of this source
     */
    public SourceTail(TailConfig config, TailResources shared, List<FileProgress> progress) {
        this.config = config;
        turns = new ReadTurns(shared.chunksInFlightMax());
        finder = new FileFinder(shared.fileSystem(), shared.directories(), config.files());
        files = new SourceFiles(config, finder, shared, turns, progress);
        streams = new SourceStreams(config, finder, shared, turns);
        reader = new LineReader(config, shared.lineBuffers());
        budget = shared.openFiles().budget();
    }

    /** Has the first scan skip what files hold then, if the configuration says so: the source was not followed before. */
    public void setNew() {
        files.setNew();
    }

    /** Has what files held at the source's first start skipped. Files of other sources are ignored. */
    public void skip(Collection<FileToSkip> toSkip) {
        files.skip(toSkip);
    }

    /** Files that are not read yet, and of which what they held at the source's first start is still to be skipped. */
    public List<FileToSkip> filesToSkip() {
        return files.toSkip();
    }

    /** Whether {@link #filesToSkip} has changed since this was last called. */
    public boolean takeToSkipChanged() {
        return files.takeToSkipChanged();
    }

    /** What a checkpoint must learn since this was last called. Files of which nothing was sent are found again without it. */
    public FileChanges takeChanges() {
        return files.takeChanges();
    }

    /** Everything that a checkpoint must keep now: what all changes so far add up to. */
    public List<FileProgress> progress() {
        return files.followed().stream().flatMap(file -> file.toKeep().stream()).toList();
    }

    /** Says whether lines of the source can be sent. If not, its files make way for those of other sources. */
    public void setReading(boolean isReading) {
        files.setReading(isReading);
    }

    /**
     * Begins a step. Every file has a turn in it that has grown a moment ago, and further ones as long as it has more. A file that does not
     * grow has one once a scan finds that it has.
     */
    public void beginTurns(Moment now) {
        streams.poll(now);
        turns.begin(now);
    }

    /**
     * Reads a chunk of the file that was read longest ago and has one. It must be sent after the checkpoint with {@link #takeChanges} is
     * on disk, and {@link FollowedFile#acknowledge} called in the order of the chunks.
     *
     * @param memoryBytesMax memory of the chunk, but for its last line; see {@link Chunk#memoryBytes()}
     * @return empty if all turns of this step are over
     */
    public Optional<FileChunk> readNext(long memoryBytesMax, Moment now) {
        Optional<FollowedFile> next = turns.next();
        while (next.isPresent()) {
            FollowedFile file = next.get();
            Optional<Chunk> chunk = read(file, memoryBytesMax, now);
            if (chunk.isPresent()) {
                turns.wasRead(file);
                return Optional.of(new FileChunk(file, chunk.get()));
            }
            next = turns.next();
        }
        return Optional.empty();
    }

    /** Nobody needs the lines of a chunk any more, and their memory may be used again. To be called once. */
    public void release(Chunk chunk) {
        reader.release(chunk);
    }

    /** Whether the last read of every file found nothing more, and it is known of every file what it holds. */
    public boolean isAtEnd() {
        return streams.isAtEnd()
                && !files.isUndecided()
                && files.followed().stream()
                        .allMatch(file -> file.content() == null ? !file.isWaiting() : file.isAtEnd());
    }

    /** Whether a pipe or standard input may deliver more, so that the end of a run has to wait. */
    public boolean isStreaming() {
        return streams.isWaiting();
    }

    /** How often {@link #read} got further, even if it found no whole line. */
    public long advances() {
        return advances + files.advances();
    }

    /** Lists the directories: finds new, renamed, replaced and missing files. */
    public void scan(Moment now) {
        files.scan(now);
        streams.scan(now);
        logCounts(now);
    }

    /**
     * The files of a source.
     *
     * @param files those that are there
     * @param waiting those of them that have unread bytes and wait for a descriptor
     * @param unreadable paths that cannot be read
     * @param backlogBytes bytes that were not acknowledged when the directories were last listed, of files that are not compressed
     */
    public record Overview(int files, int waiting, int unreadable, long backlogBytes) {}

    /** What the last scan found. */
    public Overview overview() {
        int present = 0;
        int waiting = 0;
        long backlogBytes = 0;
        for (FollowedFile file : files.followed()) {
            present += file.state() == State.MISSING ? 0 : 1;
            waiting += file.isWaiting() ? 1 : 0;
            backlogBytes += file.backlogBytes();
        }
        present += streams.followed().size();
        return new Overview(present, waiting, finder.unreadablePaths().size(), backlogBytes);
    }

    /** Paths that match nothing or cannot be read, each with the reason, as of the last scan. */
    public List<String> problems() {
        return finder.problems();
    }

    /** Archives that could not be read to their end and may only be unfinished, each with the reason. Others are {@link #problems}. */
    public List<String> failures() {
        return files.followed().stream()
                .filter(file -> file.state() != State.MISSING
                        && !finder.unreadablePaths().contains(file.path()))
                .flatMap(file -> Stream.ofNullable(file.growth().failure())
                        .map(failure -> file.path() + ": " + failure.getMessage()))
                .toList();
    }

    /** Logs which last lines have no newline, and so are not sent yet. */
    public void logUnfinishedLines() {
        files.followed().stream()
                .filter(file -> file.state() != State.MISSING
                        && file.growth().isEndIncomplete()
                        && file.growth().failure() == null)
                .forEach(file -> log.warn(
                        "last line has no newline, left for the next run: source {}, {}, from byte {}",
                        config.source(),
                        file.path(),
                        file.acknowledged().offset()));
    }

    /** How far the files were read, as of the last scan. */
    public ReadState readState(Moment now) {
        return files.readState(now).with(streams.followed());
    }

    private void logCounts(Moment now) {
        if (now.steadyMs() < nextCountLogMs) {
            return;
        }
        if (overlongLines > overlongLinesLogged) {
            log.warn(
                    "overlong lines were truncated and sent to the dead letters: source {}, longer than {} bytes,"
                            + " {} lines since the start",
                    config.source(),
                    config.lineBytesMax(),
                    overlongLines);
            overlongLinesLogged = overlongLines;
            nextCountLogMs = now.steadyMs() + COUNT_LOG_INTERVAL_MS;
        }
        if (reader.nulBytes() > nulBytesLogged) {
            log.warn(
                    "NUL bytes at the beginning of lines were skipped, as a log has them that was truncated while a program"
                            + " wrote to it: source {}, {} bytes since the start",
                    config.source(),
                    reader.nulBytes());
            nulBytesLogged = reader.nulBytes();
            nextCountLogMs = now.steadyMs() + COUNT_LOG_INTERVAL_MS;
        }
    }

    /**
     * Reads what is new in a file, and first what may have been sent before.
     *
     * @return empty if there is no whole line yet, or the file turned out to hold another content
     */
    private Optional<Chunk> read(FollowedFile file, long memoryBytesMax, Moment now) {
        Content content = file.content();
        if (content == null) {
            return Optional.empty();
        }
        boolean last = file.state() == State.UNLISTED && file.growth().quietMs(now) > files.rotatedWaitMs(now);
        if (file.isAtEnd() && !last && content.isCompressed()) {
            // It may have to be decompressed from its beginning. The scan notes when it has grown.
            return Optional.empty();
        }
        long searchedTo = file.search().searchedTo();
        long readTo = file.cursor().offset();
        long pendingTo = file.search().pendingTo();
        try {
            if (!content.isReady() || !advance(file, content, now)) {
                return Optional.empty();
            }
            LineReader.Limits limits = limits(file, last, memoryBytesMax, now);
            Optional<Chunk> chunk = reader.read(content, file.cursor(), file.search(), limits);
            if (chunk.isPresent()) {
                advances++;
                file.noteRead(now);
                file.noteSent(chunk.get().end(), chunk.get().readMs());
                overlongLines += chunk.get().lines().overlongCount();
            } else if (file.search().searchedTo() > searchedTo || file.cursor().offset() > readTo) {
                // In the middle of an overlong line or of a hole, so not at the end.
                advances++;
                file.noteRead(now);
            } else if (content.failure().isPresent()) {
                noteFailure(file, content.failure().get(), last, now);
            } else if (last && !file.isInFlight()) {
                log.info(
                        "file was read to its end: {}, byte {}",
                        file.path(),
                        file.cursor().offset());
                file.setMissing(true, now);
            } else if (file.search().isPending()) {
                // The last record may go on. A run that ends by itself waits for it from now on.
                advances += file.search().pendingTo() == pendingTo ? 0 : 1;
                file.noteMore();
            } else {
                file.noteEnd(content.isIncompleteBehind(file.cursor().offset()), now);
            }
            return chunk;
        } catch (LineReader.ReplacedException e) {
            files.setReplaced(file, now);
        } catch (Content.NotReadyException e) {
            log.debug("has to be decompressed again: {}", file.path(), e);
            advances++;
            file.noteRead(now);
        } catch (IOException e) {
            finder.setUnreadable(file.path(), e);
        }
        return Optional.empty();
    }

    /** Decompresses an archive further that is not where its next line is. Returns false if it still is not. */
    private boolean advance(FollowedFile file, Content content, Moment now) throws IOException {
        boolean mayAdvance = budget.isLeft();
        if (reader.advance(content, file.cursor(), file.search(), budget)) {
            return true;
        }
        if (mayAdvance) {
            advances++;
            file.noteRead(now);
        } else {
            file.noteMore();
        }
        return false;
    }

    private void noteFailure(FollowedFile file, IOException failure, boolean last, Moment now) {
        file.noteFailure(failure);
        files.reportFailure(file, now);
        if (last && !file.isInFlight()) {
            file.setMissing(false, now);
        }
    }

    /**
     * Lines that may have been sent before a crash are read up to the same end and count as read at the same time, so
     * that the same records are sent again.
     */
    private static LineReader.Limits limits(FollowedFile file, boolean last, long memoryBytesMax, Moment now) {
        long offset = file.cursor().offset();
        return file.acknowledgements()
                .sentBehind(offset)
                .map(sent -> new LineReader.Limits(
                        sent.end().offset() - offset, last, sent.readMs(), now.steadyMs(), memoryBytesMax))
                .orElseGet(() ->
                        new LineReader.Limits(Long.MAX_VALUE, last, now.wallMs(), now.steadyMs(), memoryBytesMax));
    }

    @Override
    public void close() {
        files.close();
        streams.close();
    }
}
