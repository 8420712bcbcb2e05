package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineReaderTest {
    private static final LineReader.Limits LIMITS = new LineReader.Limits(Long.MAX_VALUE, true, 0, 0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private List<Chunk> read(byte[] bytes, Charset charset) throws IOException, LineReader.ReplacedException {
        Path file = Files.write(folder.resolve("log"), bytes);
        TailConfig config =
                new TailConfig("web", FileSelection.of(List.of(file.toString())), charset, 1_024, 64 << 10, 0, 0, 0);
        LineReader reader = config.lineReader();
        ReadCursor cursor = new ReadCursor();
        LineReader.Search search = new LineReader.Search();
        List<Chunk> chunks = new ArrayList<>();
        try (Content content = Content.open(file)) {
            Optional<Chunk> chunk = reader.read(content, cursor, search, LIMITS);
            while (chunk.isPresent()) {
                chunks.add(chunk.get());
                chunk = reader.read(content, cursor, search, LIMITS);
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
