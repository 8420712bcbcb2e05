package io.tailrace.agent.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Compares the parser with httpdlog, field by field. */
class AccessLogOracleTest {
    private static final int LINES = 100_000;

    private static final List<String> CLIENTS =
            List.of("192.0.2.7", "2001:db8::1", "fe80::1%eth0", "www.example.org", "unix:", "198.51.100.200");
    private static final List<String> USERS = List.of("-", "-", "frank", "a.b@example.org", "\"\"", "x-1");
    private static final List<String> METHODS = List.of("GET", "POST", "HEAD", "OPTIONS", "PROPFIND", "M-SEARCH");
    private static final List<String> PATHS = List.of(
            "/",
            "*",
            "/index.html",
            "/a%20b?c=d&e=%C3%A9",
            "http://proxy.example/x",
            "/search?q=\\x22quoted\\x22",
            "/a\\\"b\\\"",
            "/caf\u00e9",
            "/with'single'quotes",
            "/[1](2){3}",
            "//double//slashes",
            "/back\\\\slash");
    private static final List<String> PROTOCOLS = List.of("HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/3.0");
    private static final List<String> SIZES = List.of("-", "0", "12", "2326", "9223372036854775807");
    private static final List<String> REFERRERS =
            List.of("-", "http://x.example/", "http://x.example/a?b=c d", "android-app://com.example", "about:blank");
    private static final List<String> AGENTS = List.of(
            "-",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
            "a \\\"quoted\\\" agent",
            "\\x16\\x03",
            "curl/7.47.0",
            "\u65e5\u672c\u8a9e [1] 'x'",
            "ends with a backslash \\\\");

    private final LineParser parser = new Format(Format.Kind.COMBINED, "", "", "iso").parser(Map.of());
    private final LineParser oracle = new HttpdlogOracle("combined");
    private final Random random = new Random(7);

    @Test
    void oddLinesAreReadAsHttpdlogReadsThem() {
        for (int i = 0; i < LINES; i++) {
            check(line());
        }
    }

    @Test
    void realLogIsReadAsHttpdlogReadsIt() throws IOException {
        Path real = Path.of(Objects.requireNonNullElse(System.getenv("TAILRACE_ACCESS_LOG"), "nowhere"));
        Assumptions.assumeTrue(Files.exists(real), "TAILRACE_ACCESS_LOG does not name a log");
        Files.readAllLines(real).forEach(this::check);
    }

    private void check(String line) {
        ParsedLine expected = ParsedLine.of(oracle, line, 0);
        ParsedLine found = ParsedLine.of(parser, line, 0);
        assertThat(found.rejection() == null)
                .as("accepted: %s, %s", line, found.rejection())
                .isEqualTo(expected.rejection() == null);
        assertThat(found.value()).as(line).isEqualTo(expected.value());
    }

    private String line() {
        return "%s - %s [%02d/%s/20%02d:%02d:%02d:%02d %s] \"%s\" %03d %s \"%s\" \"%s\""
                .formatted(
                        one(CLIENTS),
                        one(USERS),
                        1 + random.nextInt(28),
                        one(List.of("Jan", "Feb", "May", "Jun", "Dec")),
                        random.nextInt(38),
                        random.nextInt(24),
                        random.nextInt(60),
                        random.nextInt(60),
                        one(List.of("+0000", "-0330", "+1345", "+0200")),
                        random.nextInt(20) == 0 ? "-" : one(METHODS) + " " + one(PATHS) + " " + one(PROTOCOLS),
                        random.nextInt(600),
                        one(SIZES),
                        one(REFERRERS),
                        one(AGENTS));
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
