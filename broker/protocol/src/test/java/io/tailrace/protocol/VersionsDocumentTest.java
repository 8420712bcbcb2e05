package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class VersionsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "..", "docs", "protocol.md");
    private static final Pattern CELLS = Pattern.compile("\\| (\\d+) \\w+ \\| ([\\d-]+) \\| ([\\d-]+) (?=\\|)");

    @Test
    void documentListsTheVersionsOfEveryApi() throws IOException {
        Map<Integer, String> expected = new TreeMap<>();
        for (ApiKey api : ApiKey.values()) {
            expected.put((int) api.number(), text(api.served()) + " of " + text(api.advertised()));
        }

        Map<Integer, String> listed = new TreeMap<>();
        Matcher cells = CELLS.matcher(Files.readString(DOCUMENT));
        while (cells.find()) {
            listed.put(Integer.valueOf(cells.group(1)), cells.group(2) + " of " + cells.group(3));
        }

        assertThat(listed).isEqualTo(expected);
    }

    private static String text(VersionRange versions) {
        return versions.min() == versions.max()
                ? String.valueOf(versions.min())
                : versions.min() + "-" + versions.max();
    }
}
