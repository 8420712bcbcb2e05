package io.tailrace.systemtests.rotation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of a log: the one that a program writes to, and the rotated ones. The operations are those that rotations consist of. Not
 * thread-safe.
 */
final class LogFiles implements AutoCloseable {
    private static final LocalDate FIRST_DATE = LocalDate.of(2026, 1, 1);

    private final Path path;
    private final WrittenLog log;
    private final boolean appends;
    /** The newest first. */
    private final List<RotatedFile> rotated = new ArrayList<>();

    private Path activePath;
    private @Nullable FileChannel channel;
    private @Nullable LogContent content;
    private long position;
    private int dates;
    private @Nullable Compression compression;

    /** A file that nobody writes to. */
    private record RotatedFile(Path path, LogContent content) {}

    private record Compression(Compressor compressor, Path file, Process process) {}

    /**
     * Files that do not exist yet.
     *
     * @param path the name under which most rotations leave the file that is written to
     * @param appends whether each write goes to the file's end, as with O_APPEND, else to where the one before ended
     */
    LogFiles(Path path, WrittenLog log, boolean appends) {
        this.path = path;
        this.log = log;
        this.appends = appends;
        this.activePath = path;
    }

    /** The log's name. */
    Path path() {
        return path;
    }

    /** The program begins a new file, under the log's name. */
    void open() throws IOException {
        open(path);
    }

    /** The program closes its file, if it has one, and begins a new one. */
    void open(Path newPath) throws IOException {
        if (channel != null && content != null) {
            channel.close();
            rotated.add(0, new RotatedFile(activePath, content));
        }
        activePath = newPath;
        channel = appends
                ? FileChannel.open(newPath, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND)
                : FileChannel.open(newPath, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        position = 0;
        begin();
    }

    private void begin() throws IOException {
        content = log.begin();
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        for (int number = 0; number < log.headerLines(); number++) {
            header.write(new HeaderLine(number).encode());
        }
        put(ByteBuffer.wrap(header.toByteArray()));
    }

    /** Writes lines, in two pieces which part one of them. */
    void write(List<byte[]> lines, int firstPieceBytes) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] line : lines) {
            log.add(position + all.size(), line.length);
            all.write(line);
        }
        ByteBuffer bytes = ByteBuffer.wrap(all.toByteArray());
        put(bytes.limit(Math.min(firstPieceBytes, all.size())));
        put(bytes.limit(all.size()));
    }

    private void put(ByteBuffer bytes) throws IOException {
        if (channel == null) {
            throw new IllegalStateException(path + " is not open");
        }
        int length = bytes.remaining();
        while (bytes.hasRemaining()) {
            if (appends) {
                channel.write(bytes);
            } else {
                channel.write(bytes, position + length - bytes.remaining());
            }
        }
        position += length;
    }

    /** Where the next line begins in the file, in bytes. */
    long position() {
        return position;
    }

    /** How many rotated files there are. */
    int rotatedCount() {
        return rotated.size();
    }

    /** Whether a line of what the file holds was received, and all lines of the rotated ones. */
    boolean isNewestReceivedNext() {
        return content != null
                && content.isAnyReceived()
                && rotated.stream().allMatch(each -> each.content().isReceived());
    }

    /** Renames the file. The program goes on writing to it until it opens another one. */
    void rename(Path to) throws IOException {
        Files.move(activePath, to);
        activePath = to;
    }

    /** The log's name with a number behind it. */
    Path numbered(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    /** A name with the next date, such as {@code app.log-20260102}. */
    Path dated(String pattern) {
        String date = FIRST_DATE.plusDays(dates++).toString();
        return path.resolveSibling(pattern.formatted(date));
    }

    /** Adds one to the number of each rotated file, so that {@code .1} is free. */
    void shift() throws IOException {
        for (int index = rotated.size() - 1; index >= 0; index--) {
            RotatedFile file = rotated.get(index);
            String numbered = numbered(index + 1).toString();
            String suffix = file.path().toString().substring(numbered.length());
            Path to = path.resolveSibling(numbered(index + 2).getFileName() + suffix);
            Files.move(file.path(), to);
            rotated.set(index, new RotatedFile(to, file.content()));
        }
    }

    /** Copies the file to a new one and truncates it. The program goes on writing to it. */
    void copyAndTruncate(Path to) throws IOException {
        Files.copy(activePath, to);
        if (channel == null || content == null) {
            throw new IllegalStateException(path + " is not open");
        }
        rotated.add(0, new RotatedFile(to, content));
        try (FileChannel other = FileChannel.open(activePath, StandardOpenOption.WRITE)) {
            other.truncate(0);
        }
        position = appends ? 0 : position;
        begin();
    }

    /** Begins to compress the newest rotated file. */
    void compressNewest(Compressor compressor) throws IOException {
        if (!rotated.isEmpty()) {
            Path file = rotated.get(0).path();
            compression = new Compression(compressor, file, compressor.start(file));
        }
    }

    /** Waits until the file that is being compressed is gone. */
    void awaitCompressed() throws IOException, InterruptedException {
        Compression running = compression;
        if (running == null) {
            return;
        }
        int exitCode = running.process().waitFor();
        if (exitCode != 0) {
            throw new IOException("%s %s: exit code %d".formatted(running.compressor(), running.file(), exitCode));
        }
        compression = null;
        rotated.replaceAll(file -> file.path().equals(running.file())
                ? new RotatedFile(running.compressor().archive(file.path()), file.content())
                : file);
    }

    /** Points a link at the file that is written to, in one step. */
    void link(Path link) throws IOException {
        Path next = link.resolveSibling("." + link.getFileName() + ".next");
        Files.createSymbolicLink(next, activePath.getFileName());
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes the oldest files, as long as all of their lines were received and more than {@code kept} are left. */
    void deleteOldest(int kept) throws IOException, InterruptedException {
        while (rotated.size() > kept && oldest().filter(LogContent::isReceived).isPresent()) {
            awaitCompressed();
            Files.delete(rotated.remove(rotated.size() - 1).path());
        }
    }

    private Optional<LogContent> oldest() {
        return rotated.isEmpty()
                ? Optional.empty()
                : Optional.of(rotated.get(rotated.size() - 1).content());
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        if (compression != null) {
            compression.process().destroy();
        }
    }
}
