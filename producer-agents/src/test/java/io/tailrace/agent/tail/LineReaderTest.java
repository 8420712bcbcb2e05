package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineReaderTest {
    private static final LineReader.Limits LIMITS = new LineReader.Limits(Long.MAX_VALUE, true, 0, 0, Long.MAX_VALUE);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private List<Chunk> read(byte[] bytes, Charset charset) throws IOException, LineReader.ReplacedException {
        return read(bytes, charset, LIMITS);
    }

    private List<Chunk> read(byte[] bytes, Charset charset, LineReader.Limits limits)
            throws IOException, LineReader.ReplacedException {
        Path file = Files.write(folder.resolve("log"), bytes);
        TailConfig config =
                new TailConfig("web", FileSelection.of(List.of(file.toString())), charset, 1_024, 64 << 10, 0, 0, 0);
        LineReader reader = new LineReader(config, new LineBuffers());
        ReadCursor cursor = new ReadCursor();
        LineReader.Search search = new LineReader.Search();
        List<Chunk> chunks = new ArrayList<>();
        try (Content content = Content.open(file)) {
            Optional<Chunk> chunk = reader.read(content, cursor, search, limits);
            while (chunk.isPresent()) {
                chunks.add(chunk.get());
                chunk = reader.read(content, cursor, search, limits);
            }
        }
        return chunks;
    }

    @Test
    void linesPerChunkAreBounded() throws Exception {
        List<Chunk> chunks = read("\n".repeat(10_000).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(chunks)
                .extracting(chunk -> chunk.lines().count())
                .containsExactly(TailConfig.CHUNK_LINES_MAX, TailConfig.CHUNK_LINES_MAX, 1_808);
        assertThat(chunks.get(2).offset() + chunks.get(2).lines().start(1_807)).isEqualTo(9_999);
    }

    /** A line counts as 200 bytes and twice its length, and a chunk as 2 KiB more. */
    @Test
    void memoryOfAChunkIsBoundedButForItsLastLine() throws Exception {
        LineReader.Limits limits = new LineReader.Limits(Long.MAX_VALUE, true, 0, 0, 3_048);
        byte[] text = ("x".repeat(99) + "\n").repeat(5).getBytes(StandardCharsets.UTF_8);
        List<Chunk> chunks = read(text, StandardCharsets.UTF_8, limits);
        assertThat(chunks).extracting(chunk -> chunk.lines().count()).containsExactly(3, 2);
        assertThat(chunks).extracting(Chunk::offset).containsExactly(0L, 300L);
        assertThat(read(
                        "a very long line\n".repeat(2).getBytes(StandardCharsets.UTF_8),
                        StandardCharsets.UTF_8,
                        new LineReader.Limits(Long.MAX_VALUE, true, 0, 0, 1)))
                .hasSize(2);
    }

    @Test
    void arraysOfReleasedChunksAreUsedAgainAndNoOthers() throws Exception {
        Path file = folder.resolve("log");
        byte[] text = new byte[200 * 2_000];
        for (int i = 0; i < 2_000; i++) {
            Arrays.fill(text, 200 * i, 200 * i + 199, (byte) ('a' + i % 26));
            text[200 * i + 199] = '\n';
        }
        Files.write(file, text);
        TailConfig config = new TailConfig(
                "web", FileSelection.of(List.of(file.toString())), StandardCharsets.UTF_8, 1_024, 64 << 10, 0, 0, 0);
        LineReader reader = new LineReader(config, new LineBuffers());
        ReadCursor cursor = new ReadCursor();
        LineReader.Search search = new LineReader.Search();
        List<Chunk> kept = new ArrayList<>();
        try (Content content = Content.open(file)) {
            kept.add(reader.read(content, cursor, search, LIMITS).orElseThrow());
            Chunk released = reader.read(content, cursor, search, LIMITS).orElseThrow();
            // Its array was there before the release.
            kept.add(reader.read(content, cursor, search, LIMITS).orElseThrow());
            reader.release(released);
            kept.add(reader.read(content, cursor, search, LIMITS).orElseThrow());
            Chunk reusing = reader.read(content, cursor, search, LIMITS).orElseThrow();
            assertThat(reusing.lines().bytes()).isSameAs(released.lines().bytes());
            kept.add(reusing);
            kept.add(reader.read(content, cursor, search, LIMITS).orElseThrow());
        }
        for (Chunk chunk : kept) {
            Lines lines = chunk.lines();
            for (int line = 0; line < lines.count(); line++) {
                int from = (int) chunk.offset() + lines.start(line);
                assertThat(Arrays.copyOfRange(lines.bytes(), lines.start(line), lines.end(line)))
                        .isEqualTo(Arrays.copyOfRange(text, from, from + 199));
            }
        }
    }

    @Test
    void fewLinesTakeNoMoreMemoryThanTheyHave() throws Exception {
        List<Chunk> chunks = read("one\ntwo\n".getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(chunks)
                .singleElement()
                .satisfies(chunk -> assertThat(chunk.lines().bytes()).hasSize(8));
    }

    @Test
    void sourcesThatReadAlikeShareABuffer() {
        LineBuffers buffers = new LineBuffers();
        TailConfig one = new TailConfig("one", FileSelection.of(List.of()), StandardCharsets.UTF_8, 10, 100, 0, 0, 0);
        TailConfig two = new TailConfig("two", FileSelection.of(List.of()), StandardCharsets.UTF_8, 10, 100, 1, 1, 1);
        TailConfig wide =
                new TailConfig("wide", FileSelection.of(List.of()), StandardCharsets.UTF_16LE, 10, 100, 0, 0, 0);
        assertThat(buffers.of(two)).isSameAs(buffers.of(one));
        assertThat(buffers.of(wide)).isNotSameAs(buffers.of(one));
    }

    @Test
    void newlineOfTwoBytesIsFoundOnlyAtACharactersStart() throws Exception {
        // U+0A61, U+000A and U+0A00 all contain the byte 0x0A, but only U+000A is a newline.
        String text = "a\u0a61b\r\n\u0a00two\nlast";
        List<Chunk> chunks = read(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
        assertThat(chunks).singleElement().satisfies(chunk -> {
            Lines lines = chunk.lines();
            assertThat(IntStream.range(0, lines.count()))
                    .extracting(line -> new String(
                            lines.bytes(),
                            lines.start(line),
                            lines.end(line) - lines.start(line),
                            StandardCharsets.UTF_16LE))
                    .containsExactly("a\u0a61b", "\u0a00two", "last");
            assertThat(IntStream.range(0, lines.count()))
                    .extracting(lines::start)
                    .containsExactly(0, 10, 20);
        });
    }
}
