package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEndTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private long end(String name, byte[] bytes, Charset charset) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes);
        try (Content content = Content.open(file)) {
            return FileEnd.of(content, "\n".getBytes(charset)).offset();
        }
    }

    @Test
    void endIsBehindTheLastNewline() throws IOException {
        int block = 64 << 10;
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE)) {
            int width = "\n".getBytes(charset).length;
            for (int before : new int[] {0, 1, 2_000, block / width - 1, block / width, 3 * block}) {
                for (int after : new int[] {0, 1, block / width - 1, block / width, 2 * block}) {
                    String text = "\u0a00".repeat(before) + "\n" + "x".repeat(after);
                    long expected = ("\u0a00".repeat(before) + "\n").getBytes(charset).length;
                    byte[] bytes = text.getBytes(charset);
                    assertThat(end("plain", bytes, charset)).isEqualTo(expected);
                    assertThat(end("archive.gz", Archives.compress(".gz", bytes), charset))
                            .isEqualTo(expected);
                }
            }
        }
        assertThat(end("none", "x".repeat(100_000).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isZero();
        assertThat(end("empty", new byte[0], StandardCharsets.UTF_8)).isZero();
    }
}
