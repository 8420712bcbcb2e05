package io.tailrace.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A log, the program that writes it, and what rotates it. It knows which whole lines each file holds, and so which lines an agent
 * must send. Files are never read to find that out. Not thread-safe.
 */
final class SimulatedLog implements AutoCloseable {

    /** How rotated files are named. */
    enum Naming {
        /** {@code a.log.1} is the oldest. */
        COUNTED,
        /** {@code a.log.1} is the newest: each rotation renames those before. */
        SHIFTED,
        /** {@code a-1.log}, as with a date. */
        DATED
    }

    /**
     * How a log is written.
     *
     * @param appends whether each write goes to the file's end, as with O_APPEND, else to where the one before ended
     * @param header lines at the beginning of each file that the program creates
     * @param first how many lines the program writes at once to each file that it creates
     */
    record Style(Naming naming, boolean appends, List<String> header, int first) {}

    /** A line. */
    static final class Line {
        private final String text;
        /** Whether some file has held all of it. */
        private boolean isWhole;
        /** Whether no file holds it any longer that an agent had to read. */
        private boolean mayBeLost;
        /** Whether a copy of it was made before the last lines of the log. */
        private boolean wasInShortCopy;

        private Line(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        boolean wasInShortCopy() {
            return wasInShortCopy;
        }

        boolean mustBeSent() {
            return isWhole && !mayBeLost;
        }
    }

    /** The content of a file: the lines that it holds as a whole. */
    private static final class LogFile {
        private final List<Line> lines = new ArrayList<>();
        private Path path;
        /** Whether an agent finds it. */
        private boolean isListed = true;
        /** The line that it ends with, if that is there in part, perhaps without its newline only. */
        private @Nullable Line lastInPart;

        private LogFile(Path path) {
            this.path = path;
        }
    }

    private final Path path;
    private final Style style;
    private final Supplier<String> texts;
    /** All lines, in the order in which they were begun. */
    private final List<Line> lines = new ArrayList<>();

    private final List<LogFile> files = new ArrayList<>();
    /** Files that are rotated and not compressed, the oldest first. */
    private final List<LogFile> rotated = new ArrayList<>();

    private LogFile active;
    private FileChannel channel;
    private long position;
    /** The line that is written in part; null if none is. */
    private @Nullable Line begun;

    private int begunLength;
    /** Whether the file with the beginning of that line has been truncated or left. */
    private boolean isCut;
    /** A copy after which the log is to be truncated. */
    private @Nullable LogFile copy;
    /** A compressed file that is not written to its end. */
    private @Nullable LogFile archive;

    private @Nullable LogFile archived;
    private byte[] archiveBytes = {};
    private int archiveWritten;
    private int names;
    /** Whether bytes that an agent may have sent are in no file that it finds. */
    private boolean isAnythingGone;

    /**
     * An empty log.
     *
     * @param texts the next line's text, different from all others
     */
    SimulatedLog(Path path, Style style, Supplier<String> texts) throws IOException {
        this.path = path;
        this.style = style;
        this.texts = texts;
        active = new LogFile(path);
        channel = create();
        write(style.first, OptionalInt.empty());
    }

    private FileChannel create() throws IOException {
        FileChannel created = style.appends
                ? FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        files.add(active);
        position = 0;
        channel = created;
        for (String line : style.header) {
            put(line + "\n");
        }
        return created;
    }

    boolean isAnythingGone() {
        return isAnythingGone;
    }

    List<Line> lines() {
        return lines;
    }

    private void put(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        int length = bytes.remaining();
        if (style.appends) {
            channel.write(bytes);
        } else {
            channel.write(bytes, position);
        }
        position += length;
    }

    /** Writes lines, the last one perhaps only up to a number of its characters, newline included. */
    void write(int count, OptionalInt lastLength) throws IOException {
        StringBuilder written = new StringBuilder();
        for (int index = 0; index < count; index++) {
            Line line = begun == null ? begin() : begun;
            int length = line.text.length() + 1;
            int to = index == count - 1 && lastLength.isPresent()
                    ? Math.max(begunLength, Math.min(length, lastLength.getAsInt()))
                    : length;
            written.append((line.text + "\n"), begunLength, to);
            begunLength = to;
            if (to == length) {
                end(line);
            }
        }
        put(written.toString());
    }

    private Line begin() {
        Line line = new Line(texts.get());
        lines.add(line);
        begun = line;
        begunLength = 0;
        isCut = false;
        return line;
    }

    private void end(Line line) {
        if (!isCut) {
            line.isWhole = true;
            active.lines.add(line);
            line.mayBeLost = !active.isListed;
        }
        begun = null;
        begunLength = 0;
    }

    /** Ends the line that is written in part. */
    void endLine() throws IOException {
        if (begun != null) {
            write(1, OptionalInt.empty());
        }
    }

    boolean isEmpty() {
        return active.lines.isEmpty();
    }

    private Path nextName() {
        names++;
        String name = path.getFileName().toString();
        return path.resolveSibling(
                style.naming == Naming.DATED ? name.replace(".log", "-" + names + ".log") : name + "." + names);
    }

    /** The name of the newest rotated file, free for it. */
    private Path rotatedName() throws IOException {
        if (style.naming != Naming.SHIFTED) {
            return nextName();
        }
        List<LogFile> shifted = files.stream()
                .filter(file -> file.isListed && number(file) > 0)
                .sorted((one, other) -> Integer.compare(number(other), number(one)))
                .toList();
        for (LogFile file : shifted) {
            String name = path.getFileName() + "." + (number(file) + 1) + (isGzip(file) ? ".gz" : "");
            moveFile(file, path.resolveSibling(name));
        }
        return path.resolveSibling(path.getFileName() + ".1");
    }

    private static boolean isGzip(LogFile file) {
        return file.path.toString().endsWith(".gz");
    }

    /** The number in {@code a.log.7} or {@code a.log.7.gz}, or 0. */
    private int number(LogFile file) {
        String rest = file.path
                .toString()
                .substring(
                        Math.min(file.path.toString().length(), path.toString().length()));
        String digits = rest.replace(".gz", "").replace(".", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    private static void moveFile(LogFile file, Path to) throws IOException {
        Files.move(file.path, to);
        file.path = to;
    }

    /** Renames the log. The program goes on writing to it until {@link #reopen}. */
    void rename() throws IOException {
        if (active.path.equals(path)) {
            Path to = rotatedName();
            moveFile(active, to);
            rotated.add(active);
        }
    }

    boolean isRenamed() {
        return !active.isListed || !active.path.equals(path);
    }

    /** The program opens the log under its name. What it has written of a line stays in the file before. */
    void reopen() throws IOException {
        channel.close();
        begun = null;
        active = new LogFile(path);
        create();
        write(style.first, OptionalInt.empty());
    }

    /** Copies the log, to be truncated later. */
    void copy() throws IOException {
        LogFile made = new LogFile(rotatedName());
        Files.copy(path, made.path);
        made.lines.addAll(active.lines);
        made.lastInPart = begun;
        files.add(made);
        copy = made;
    }

    boolean isCopied() {
        return copy != null;
    }

    /** Truncates the log after it was copied. The program goes on writing. */
    void truncate() throws IOException {
        LogFile made = Objects.requireNonNull(copy);
        if (Files.size(made.path) < Files.size(path)) {
            made.lines.forEach(line -> line.wasInShortCopy = true);
            if (made.lastInPart != null) {
                made.lastInPart.wasInShortCopy = true;
            }
        }
        rotated.add(made);
        copy = null;
        empty();
    }

    private void empty() throws IOException {
        try (FileChannel other = FileChannel.open(path, StandardOpenOption.WRITE)) {
            other.truncate(0);
        }
        isCut = begun != null;
        List<Line> gone = List.copyOf(active.lines);
        active.lines.clear();
        noteGone(gone);
    }

    /** Another program overwrites the log in place, with other lines. */
    void replace(int count) throws IOException {
        isAnythingGone = true;
        empty();
        begun = null;
        position = 0;
        for (String line : style.header) {
            put(line + "\n");
        }
        write(count, OptionalInt.empty());
    }

    /** Begins to compress the oldest rotated file. */
    void compress(int bytes) throws IOException {
        archived = rotated.remove(0);
        archive = new LogFile(archived.path.resolveSibling(archived.path.getFileName() + ".gz"));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            Files.copy(archived.path, out);
        }
        archiveBytes = packed.toByteArray();
        archiveWritten = Math.min(bytes, archiveBytes.length);
        Files.write(archive.path, java.util.Arrays.copyOf(archiveBytes, archiveWritten));
        files.add(archive);
    }

    boolean mayCompress() {
        return archive == null && !rotated.isEmpty() && rotated.get(0) != active;
    }

    boolean isCompressing() {
        return archive != null;
    }

    /** Writes the rest of the compressed file, and deletes the other one. */
    void endCompression() throws IOException {
        LogFile made = Objects.requireNonNull(archive);
        LogFile before = Objects.requireNonNull(archived);
        Files.write(
                made.path,
                java.util.Arrays.copyOfRange(archiveBytes, archiveWritten, archiveBytes.length),
                StandardOpenOption.APPEND);
        made.lines.addAll(before.lines);
        archive = null;
        archived = null;
        unlink(before);
    }

    /** Deletes the oldest rotated file, compressed or not; empty if there is none. */
    Optional<Path> deleteOldest() throws IOException {
        for (LogFile file : files) {
            if (file.isListed && file != active && file != copy && file != archive && file != archived) {
                rotated.remove(file);
                unlink(file);
                isAnythingGone = true;
                return Optional.of(file.path);
            }
        }
        return Optional.empty();
    }

    /** Deletes the log while the program writes to it, and an agent reads it: its lines must be sent. */
    void deleteWhileRead() throws IOException {
        isAnythingGone = true;
        Files.delete(active.path);
        rotated.remove(active);
        files.remove(active);
        active.isListed = false;
    }

    /** Renames the log to a name that no agent looks for. */
    void hide() throws IOException {
        isAnythingGone = true;
        moveFile(
                active,
                path.resolveSibling("hidden-" + path.getFileName().toString().charAt(0) + ++names));
        active.isListed = false;
        rotated.remove(active);
        noteGone(List.copyOf(active.lines));
    }

    private void unlink(LogFile file) throws IOException {
        Files.delete(file.path);
        file.isListed = false;
        files.remove(file);
        noteGone(file.lines);
    }

    /** Lines that are in no file that an agent finds need not be sent. */
    private void noteGone(List<Line> gone) {
        for (Line line : gone) {
            line.mayBeLost = files.stream().noneMatch(file -> file.isListed && file.lines.contains(line));
            isAnythingGone |= line.mayBeLost;
        }
    }

    /** The files that an agent finds. */
    @Override
    public String toString() {
        return files.stream()
                .filter(file -> file.isListed)
                .map(file -> file.path.getFileName() + " " + file.lines.size())
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
