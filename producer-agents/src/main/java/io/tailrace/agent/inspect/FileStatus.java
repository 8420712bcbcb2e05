package io.tailrace.agent.inspect;

import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FoundFiles;
import io.tailrace.agent.tail.FoundFiles.FoundFile;
import io.tailrace.agent.tail.SentLines;
import io.tailrace.agent.tail.TailConfig;
import io.tailrace.process.OutputTable;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a file is sent and acknowledged: what the checkpoint has, beside what is there now. Immutable.
 *
 * @param source the source's name
 * @param path where the file is, or was last seen
 * @param position bytes that are acknowledged, decompressed
 * @param sizeBytes its size, compressed if it is; empty if the file is gone
 * @param lagBytes bytes that are not acknowledged; empty if the file is gone or compressed
 * @param lagMs for how long the oldest of them has waited at least; empty if that is not known
 * @param state what the agent makes of the file
 * @param error why the file cannot be read; null if it can
 */
public record FileStatus(
        String source,
        String path,
        long position,
        OptionalLong sizeBytes,
        OptionalLong lagBytes,
        OptionalLong lagMs,
        State state,
        @Nullable String error) {

    /** What the agent makes of a file. */
    public enum State {
        /** It is there, and more lines may come. */
        FOLLOWED,
        /** It is there, and the checkpoint has nothing of it. */
        NEW,
        /** It is gone, and was read to its end. */
        COMPLETE,
        /** It is gone before it was read to its end. */
        MISSING
    }

    private static final long MS_PER_SECOND = 1_000;

    /** The files of a source: those of the checkpoint, and those that match and are not in it. */
    public static List<FileStatus> of(TailConfig config, FoundFiles found, Checkpoint checkpoint, long wallMs) {
        List<FileProgress> contents = checkpoint.files().stream()
                .filter(content -> content.source().equals(config.source()))
                .toList();
        Map<String, FoundFile> holders = found.holders(contents);
        List<FileStatus> all = new ArrayList<>();
        contents.forEach(content -> all.add(of(content, holders.get(content.contentId()), wallMs)));
        Set<FoundFile> known = Set.copyOf(holders.values());
        for (FoundFile file : found.files()) {
            long ignoreOlderMs = config.files().ignoreOlderMs();
            boolean isIgnored = ignoreOlderMs > 0 && wallMs - file.modifiedMs() > ignoreOlderMs;
            if (!isIgnored && !known.contains(file)) {
                all.add(ofNew(config.source(), file, wallMs));
            }
        }
        return all;
    }

    private static FileStatus of(FileProgress progress, @Nullable FoundFile file, long wallMs) {
        long position = progress.acknowledged().offset();
        if (file == null) {
            return new FileStatus(
                    progress.source(),
                    progress.path(),
                    position,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    waitingMs(progress, wallMs),
                    progress.complete() ? State.COMPLETE : State.MISSING,
                    null);
        }
        boolean isReadToItsEnd =
                progress.closedSizeBytes() == file.sizeBytes() && progress.closedModifiedMs() == file.modifiedMs();
        OptionalLong lagBytes = isReadToItsEnd || progress.complete()
                ? OptionalLong.of(0)
                : file.isArchive() ? OptionalLong.empty() : OptionalLong.of(Math.max(0, file.sizeBytes() - position));
        return new FileStatus(
                progress.source(),
                file.path().toString(),
                position,
                OptionalLong.of(file.sizeBytes()),
                lagBytes,
                lagBytes.orElse(0) == 0 ? waitingMs(progress, wallMs) : oldestMs(progress, file, wallMs),
                State.FOLLOWED,
                errorOf(file));
    }

    private static FileStatus ofNew(String source, FoundFile file, long wallMs) {
        return new FileStatus(
                source,
                file.path().toString(),
                0,
                OptionalLong.of(file.sizeBytes()),
                file.isArchive() ? OptionalLong.empty() : OptionalLong.of(file.sizeBytes()),
                OptionalLong.of(Math.max(0, wallMs - file.modifiedMs())),
                State.NEW,
                errorOf(file));
    }

    private static @Nullable String errorOf(FoundFile file) {
        return Files.isReadable(file.path()) ? null : "permission denied";
    }

    /** For how long lines that were sent have waited for an acknowledgement. */
    private static OptionalLong waitingMs(FileProgress progress, long wallMs) {
        return progress.sent().stream()
                .mapToLong(SentLines::readMs)
                .map(readMs -> Math.max(0, wallMs - readMs))
                .max();
    }

    /** Lines that wait were written when the file was last written to, or before. */
    private static OptionalLong oldestMs(FileProgress progress, FoundFile file, long wallMs) {
        long writtenMs = Math.max(0, wallMs - file.modifiedMs());
        return OptionalLong.of(Math.max(writtenMs, waitingMs(progress, wallMs).orElse(0)));
    }

    /** A table of files. */
    public static OutputTable table(List<FileStatus> files) {
        OutputTable table =
                new OutputTable("SOURCE", "PATH", "POSITION", "SIZE", "LAG-BYTES", "LAG-SECONDS", "STATE", "ERROR");
        for (FileStatus file : files) {
            table.add(
                    file.source,
                    file.path,
                    file.position,
                    orNull(file.sizeBytes),
                    orNull(file.lagBytes),
                    file.lagMs.isPresent() ? (Long) (file.lagMs.getAsLong() / MS_PER_SECOND) : null,
                    file.state.name().toLowerCase(Locale.ROOT),
                    file.error);
        }
        return table;
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? (Long) value.getAsLong() : null;
    }
}
