package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class CompressedContentTest {
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int LINE_BYTES_MAX = 64 << 10;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final AtomicLong clockMs = new AtomicLong();
    private final DecoderMemory memory = new DecoderMemory(16 << 20, clockMs::get);
    private final LineReader reader = new LineReader(
            new TailConfig(
                    "web", FileSelection.of(List.of()), StandardCharsets.UTF_8, LINE_BYTES_MAX, CHUNK_BYTES, 0, 0, 0),
            new LineBuffers());

    /** Reads one archive from where the last call ended. */
    private final class Reading implements AutoCloseable {
        private final CompressedContent content;
        private final ReadCursor cursor = new ReadCursor();
        private final LineReader.Search search = new LineReader.Search();
        private final List<String> lines = new ArrayList<>();
        private int chunks;

        private Reading(Path file) throws IOException {
            content = (CompressedContent) Content.open(file, memory);
        }

        private Optional<Chunk> next() throws IOException, LineReader.ReplacedException {
            return reader.read(
                    content, cursor, search, new LineReader.Limits(Long.MAX_VALUE, false, 0, 0, Long.MAX_VALUE));
        }

        private Reading toTheEnd() throws IOException, LineReader.ReplacedException {
            for (Optional<Chunk> chunk = next(); chunk.isPresent(); chunk = next()) {
                chunks++;
                Lines found = chunk.get().lines();
                for (int line = 0; line < found.count() && lines.size() < 100_000; line++) {
                    lines.add(new String(
                            found.bytes(),
                            found.start(line),
                            found.end(line) - found.start(line),
                            StandardCharsets.UTF_8));
                }
            }
            return this;
        }

        @Override
        public void close() throws IOException {
            content.close();
        }
    }

    private Path file(String name, byte[]... members) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, new byte[0]);
        for (byte[] member : members) {
            append(file, member);
        }
        return file;
    }

    private static void append(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes, StandardOpenOption.APPEND);
    }

    /** Lines that do not compress well. */
    private static List<String> lines(int count) {
        Random random = new Random(count);
        List<String> lines = new ArrayList<>();
        for (int line = 0; line < count; line++) {
            lines.add(line + " " + Long.toHexString(random.nextLong()));
        }
        return lines;
    }

    private static byte[] bytes(List<String> lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Most of what is read for a chunk is read again for the next one, as a chunk has few of these short lines. */
    @Test
    void largeArchiveIsReadInOnePass() throws Exception {
        byte[] block = "a short line\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);
        int blocks = (64 << 20) / block.length;
        Path file = folder.resolve("large.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int each = 0; each < blocks; each++) {
                out.write(block);
            }
        }
        try (Reading reading = new Reading(file).toTheEnd()) {
            assertThat(reading.cursor.offset()).isEqualTo((long) blocks * block.length);
            assertThat(reading.content.restarts()).isZero();
            assertThat(reading.content.decompressedBytes()).isEqualTo(reading.cursor.offset());
            assertThat(reading.content.windowBytes()).isLessThan(3 * CHUNK_BYTES);
            assertThat(reading.chunks).isGreaterThan(1_000);
        }
    }

    @ParameterizedTest
    @MethodSource("io.tailrace.agent.tail.Archives#suffixes")
    void membersAreReadInOnePass(String suffix) throws Exception {
        List<String> lines = lines(40_000);
        byte[] bytes = bytes(lines);
        int cut = bytes.length / 3;
        Path file = file(
                "a" + suffix,
                Archives.compress(suffix, Arrays.copyOf(bytes, cut)),
                Archives.compress(suffix, new byte[0]),
                Archives.compress(suffix, Arrays.copyOfRange(bytes, cut, bytes.length - 1)));
        try (Reading reading = new Reading(file).toTheEnd()) {
            assertThat(reading.lines).isEqualTo(lines);
            assertThat(reading.content.restarts()).isZero();
            assertThat(reading.content.decompressedBytes()).isEqualTo(bytes.length - 1);
            assertThat(reading.content.isFinished()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("io.tailrace.agent.tail.Archives#suffixes")
    void memberThatIsAddedLaterIsReadWithoutAnotherPass(String suffix) throws Exception {
        List<String> lines = lines(2_000);
        byte[] first = bytes(lines.subList(0, 900));
        byte[] second = bytes(lines.subList(900, 2_000));
        Path file = file("a" + suffix, Archives.compress(suffix, first));
        try (Reading reading = new Reading(file).toTheEnd()) {
            append(file, Archives.compress(suffix, second));
            reading.toTheEnd();
            assertThat(reading.lines).isEqualTo(lines);
            assertThat(reading.content.restarts()).isZero();
            assertThat(reading.content.decompressedBytes()).isEqualTo(first.length + second.length);
        }
    }

    @ParameterizedTest
    @MethodSource("io.tailrace.agent.tail.Archives#suffixes")
    void archiveThatEndsTooEarlyIsReadToItsEndWhenItIsWhole(String suffix) throws Exception {
        List<String> lines = lines(60_000);
        byte[] archive = Archives.compress(suffix, bytes(lines));
        for (int length : new int[] {1, 5, 20, archive.length / 3, archive.length / 2, archive.length - 3}) {
            Path file = file("cut" + length + suffix, Arrays.copyOf(archive, length));
            try (Reading reading = new Reading(file).toTheEnd()) {
                assertThat(reading.lines).isEqualTo(lines.subList(0, reading.lines.size()));
                assertThat(reading.content.failure()).containsInstanceOf(EOFException.class);
                assertThat(reading.content.isFinished()).isFalse();
                if (length >= archive.length / 3) {
                    assertThat(reading.lines).hasSizeGreaterThan(lines.size() / 20);
                }
                append(file, Arrays.copyOfRange(archive, length, archive.length));
                assertThat(reading.toTheEnd().lines).isEqualTo(lines);
                assertThat(reading.content.restarts()).isLessThanOrEqualTo(2);
                assertThat(reading.content.failure()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.tailrace.agent.tail.Archives#suffixes")
    void whatIsBeforeTheDamageIsRead(String suffix) throws Exception {
        List<String> lines = lines(60_000);
        byte[] archive = Archives.compress(suffix, bytes(lines));
        Arrays.fill(archive, archive.length * 3 / 4, archive.length * 3 / 4 + 40, (byte) 0xff);
        try (Reading reading = new Reading(file("a" + suffix, archive)).toTheEnd()) {
            assertThat(reading.lines).hasSizeBetween(lines.size() / 3, lines.size());
            int sound = lines.size() / 3;
            assertThat(reading.lines.subList(0, sound)).isEqualTo(lines.subList(0, sound));
            assertThat(reading.content.failure().orElseThrow())
                    .isNotInstanceOf(EOFException.class)
                    .hasMessageStartingWith("cannot be decompressed after ");
            assertThat(reading.next()).isEmpty();
            assertThat(reading.content.restarts()).isLessThanOrEqualTo(1);
        }
    }

    /** How many bytes a decoder returns that is asked for one at a time. */
    private static long readable(String suffix, Path file) throws IOException {
        long count = 0;
        try (InputStream in = Objects.requireNonNull(Compression.ofName(suffix))
                .decoder(new BufferedInputStream(Files.newInputStream(file)), Integer.MAX_VALUE)) {
            while (in.read() >= 0) {
                count++;
            }
        } catch (IOException e) {
            return count;
        }
        throw new AssertionError(file + " can be read to its end");
    }

    @ParameterizedTest
    @MethodSource("io.tailrace.agent.tail.Archives#suffixes")
    void everyByteBeforeTheEndIsRead(String suffix) throws Exception {
        byte[] archive = Archives.compress(suffix, bytes(lines(20_000)));
        Path cut = file("cut" + suffix, Arrays.copyOf(archive, archive.length * 2 / 3));
        Arrays.fill(archive, archive.length / 2, archive.length / 2 + 40, (byte) 0xff);
        for (Path file : List.of(cut, file("damaged" + suffix, archive))) {
            try (Reading reading = new Reading(file).toTheEnd()) {
                assertThat(reading.content.end()).isEqualTo(readable(suffix, file));
            }
        }
    }

    @Test
    void bytesAfterTheLastMemberAreADamage() throws Exception {
        List<String> lines = lines(100);
        Path file = file("a.gz", Archives.compress(".gz", bytes(lines)), "garbage".getBytes(StandardCharsets.UTF_8));
        try (Reading reading = new Reading(file).toTheEnd()) {
            assertThat(reading.lines).isEqualTo(lines);
            assertThat(reading.content.failure()).isPresent();
        }
    }

    @Test
    void overlongLineIsNotDecompressedAgain() throws Exception {
        String overlong = "x".repeat(3 * CHUNK_BYTES + 7);
        byte[] bytes = bytes(List.of("one", overlong, "two", overlong, "three"));
        try (Reading reading = new Reading(file("a.gz", Archives.compress(".gz", bytes))).toTheEnd()) {
            String beginning = "x".repeat(LINE_BYTES_MAX);
            assertThat(reading.lines).containsExactly("one", beginning, "two", beginning, "three");
            assertThat(reading.content.decompressedBytes()).isEqualTo(bytes.length);
        }
    }

    @Test
    void fingerprintOfAnotherContentIsComparedBeforeTheRestIsDecompressed() throws Exception {
        byte[] bytes = bytes(lines(40_000));
        Path file = file("a.gz", Archives.compress(".gz", bytes));
        String hash = ReadPosition.hash(new byte[0], 0);
        try (Reading reading = new Reading(file)) {
            assertThat(ReadCursor.resume(reading.content, new ReadPosition(bytes.length, hash, hash)))
                    .isEmpty();
            assertThat(reading.content.decompressedBytes()).isLessThan(4_096);
        }
    }

    @Test
    void readingContinuesAtAPositionAfterOnePassUpToIt() throws Exception {
        List<String> lines = lines(40_000);
        Path file = file("a.gz", Archives.compress(".gz", bytes(lines)));
        ReadPosition position;
        try (Reading reading = new Reading(file)) {
            assertThat(reading.next()).isPresent();
            position = reading.next().orElseThrow().end();
        }
        try (Reading reading = new Reading(file)) {
            ReadCursor resumed = ReadCursor.resume(reading.content, position).orElseThrow();
            assertThat(resumed.offset()).isEqualTo(position.offset());
            assertThat(reading.content.decompressedBytes())
                    .as("once, after a look at the first bytes")
                    .isBetween(position.offset(), position.offset() + (4 << 10));
        }
    }

    @Test
    void positionFarInAnArchiveIsReachedInSteps() throws Exception {
        byte[] block = "a short line\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);
        long size = 1_600L * block.length;
        Path file = folder.resolve("large.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int each = 0; each < 1_600; each++) {
                out.write(block);
            }
        }
        try (Content content = Content.open(file, memory)) {
            int steps = 1;
            while (!content.advanceTo(size - 1_000_000, 0, stepBudget())) {
                assertThat(content.end()).isBetween(steps * (32L << 20), steps * (33L << 20));
                steps++;
            }
            assertThat(steps).isEqualTo(4);
            ReadCursor cursor = new ReadCursor();
            cursor.moveTo(content, size - 1_000_000);
            assertThat(cursor.offset()).isEqualTo(size - 1_000_000);
            assertThat(((CompressedContent) content).restarts()).isZero();
        }
    }

    private static ReadBudget stepBudget() {
        return new ReadBudget(ReadBudget.STEP_BYTES);
    }

    /** An archive that takes no time to be made: lines in blocks that are not compressed. */
    private static byte[] storedArchive(byte[] text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length + (1 << 20));
        try (OutputStream out = new GZIPOutputStream(bytes) {
            {
                def.setLevel(Deflater.NO_COMPRESSION);
            }
        }) {
            out.write(text);
        }
        return bytes.toByteArray();
    }

    /** Decompresses up to a position, and returns in how many steps. None decompresses more than its budget. */
    private static int steps(CompressedContent content, long position) throws IOException {
        int steps = 0;
        boolean isThere = false;
        while (!isThere) {
            long before = content.decompressedBytes();
            isThere = content.advanceTo(position, CHUNK_BYTES, stepBudget());
            assertThat(content.decompressedBytes() - before)
                    .isLessThanOrEqualTo(ReadBudget.STEP_BYTES + CHUNK_BYTES + (4 << 10));
            steps++;
        }
        return steps;
    }

    @Test
    void endOfAnArchiveWithoutANewlineIsFoundInOnePassInSteps() throws Exception {
        byte[] text = new byte[40 << 20];
        text[10] = '\n';
        try (CompressedContent content = (CompressedContent) Content.open(file("a.gz", storedArchive(text)), memory)) {
            FileEnd end = new FileEnd(new byte[] {'\n'}, Long.MAX_VALUE);
            int steps = 1;
            while (!end.search(content, stepBudget())) {
                assertThat(content.decompressedBytes()).isLessThanOrEqualTo(steps * (33L << 20));
                steps++;
            }
            assertThat(steps).isEqualTo(2);
            assertThat(end.position().offset()).isEqualTo(11);
            assertThat(content.decompressedBytes()).isLessThan(text.length + (64 << 10));
        }
    }

    @Test
    void decoderThatMadeRoomIsBackInSteps() throws Exception {
        byte[] text = new byte[40 << 20];
        try (CompressedContent content = (CompressedContent) Content.open(file("a.gz", storedArchive(text)), memory)) {
            assertThat(steps(content, 36 << 20)).isEqualTo(2);
            content.releaseDecoder();
            assertThatThrownBy(() -> content.read(37 << 20, new byte[1], 1))
                    .isInstanceOf(Content.NotReadyException.class);
            content.releaseDecoder();
            assertThat(steps(content, 37 << 20)).isEqualTo(2);
            assertThat(content.read(37 << 20, new byte[10], 10)).isEqualTo(10);
        }
    }

    @Test
    void damagedAndCutOffArchivesAreDecompressedAgainInSteps() throws Exception {
        byte[] text = new byte[40 << 20];
        byte[] archive = storedArchive(text);
        byte[] damaged = archive.clone();
        damaged[archive.length - 5] ^= 1;
        try (CompressedContent content = (CompressedContent) Content.open(file("damaged.gz", damaged), memory)) {
            assertThat(steps(content, text.length + 1L)).isBetween(3, 4);
            assertThat(content.failure()).isPresent();
            assertThat(content.end()).isGreaterThan(text.length - 1024);
        }
        Path cut = file("cut.gz", Arrays.copyOf(archive, archive.length - 1000));
        try (CompressedContent content = (CompressedContent) Content.open(cut, memory)) {
            steps(content, text.length);
            assertThat(content.failure()).containsInstanceOf(EOFException.class);
            append(cut, Arrays.copyOfRange(archive, archive.length - 1000, archive.length));
            assertThat(steps(content, text.length - 100)).isEqualTo(2);
            assertThat(content.failure()).isEmpty();
        }
    }

    @Test
    void archiveThatNeedsTooMuchMemoryIsAnError() throws Exception {
        ByteArrayOutputStream xz = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(20 << 20);
        try (OutputStream out = new XZOutputStream(xz, options)) {
            out.write("one\n".getBytes(StandardCharsets.UTF_8));
        }
        ByteArrayOutputStream zstd = new ByteArrayOutputStream();
        try (ZstdOutputStream out = new ZstdOutputStream(zstd).setLong(27)) {
            out.write("one\n".getBytes(StandardCharsets.UTF_8));
        }
        for (Path file : List.of(file("a.xz", xz.toByteArray()), file("a.zst", zstd.toByteArray()))) {
            try (Reading reading = new Reading(file).toTheEnd()) {
                assertThat(reading.content.isReady()).isTrue();
                assertThat(reading.lines).isEmpty();
                assertThat(reading.content.failure().orElseThrow().getMessage())
                        .contains(" MiB of memory, more than a quarter of the heap, 16 MiB");
            }
        }
    }

    @Test
    void archivesWaitForMemoryAndAnIdleOneMakesRoom() throws Exception {
        List<String> lines = lines(40_000);
        byte[] archive = Archives.compress(".bz2", bytes(lines));
        List<Reading> readings = new ArrayList<>();
        for (String name : List.of("a.bz2", "b.bz2", "c.bz2", "d.bz2")) {
            readings.add(new Reading(file(name, archive)));
        }
        for (Reading reading : readings.subList(0, 3)) {
            assertThat(reading.content.isReady()).isTrue();
            assertThat(reading.next()).isPresent();
        }
        Reading waiting = readings.get(3);
        assertThat(waiting.content.isReady()).isFalse();
        readings.get(1).toTheEnd();
        assertThat(waiting.content.isReady()).isTrue();
        assertThat(waiting.next()).isPresent();

        Reading closed = new Reading(file("e.bz2", archive));
        assertThat(closed.content.isReady()).isFalse();
        clockMs.addAndGet(DecoderMemory.IDLE_MS + 1);
        readings.get(2).next();
        assertThat(closed.content.isReady()).isTrue();
        closed.close();
        assertThat(readings.get(0).toTheEnd().lines).hasSize(lines.size() - TailConfig.CHUNK_LINES_MAX);
        assertThat(readings.get(0).content.restarts())
                .as("the one that was read longest ago")
                .isEqualTo(1);
        assertThat(readings.get(2).toTheEnd().content.restarts()).isZero();
        for (Reading reading : readings) {
            reading.close();
        }
    }

    @Test
    void firstBytesDecideAndNotTheName() throws Exception {
        List<String> lines = lines(10);
        for (Path file : List.of(
                file("xz.gz", Archives.compress(".xz", bytes(lines))),
                file("access.log.1", Archives.compress(".zst", bytes(lines))))) {
            try (Reading reading = new Reading(file).toTheEnd()) {
                assertThat(reading.lines).isEqualTo(lines);
            }
        }
        for (String plain : List.of("BZh is not enough", "BZ", "(", "")) {
            try (Content content = Content.open(file("plain.log", plain.getBytes(StandardCharsets.UTF_8)), memory)) {
                assertThat(content.isCompressed()).as(plain).isFalse();
            }
        }
        Path plain = file("plain.xz", bytes(lines));
        assertThatThrownBy(() -> Content.open(plain, memory))
                .hasMessageContaining("not compressed with gzip, xz, zstd or bzip2, although its name ends in .xz");
        Path zip = file("access.log.2", "PK\u0003\u0004 and more".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Content.open(zip, memory)).hasMessageContaining("compressed with zip");
    }
}
