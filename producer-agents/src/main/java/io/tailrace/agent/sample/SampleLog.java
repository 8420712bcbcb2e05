package io.tailrace.agent.sample;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Writes an access log in the combined format: a day of a small web site, with two malformed lines.
 *
 * <p>Like a real log it is busy by day and quiet by night, has mostly successes and a few errors, bodies that are
 * {@code -}, and times slightly out of order. The addresses are those reserved for documentation.
 */
public final class SampleLog {
    public static final int LINES = 2_000;

    private static final long SEED = 20110612;
    private static final Instant START = Instant.parse("2015-05-17T00:00:00Z");
    private static final int DAY_SECONDS = 86_400;
    private static final int JITTER_SECONDS = 30;
    private static final List<Integer> MALFORMED = List.of(700, 1_500);

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final List<String> NETWORKS = List.of("192.0.2.", "198.51.100.", "203.0.113.");
    private static final List<String> PATHS = List.of(
            "/",
            "/index.html",
            "/mill/",
            "/mill/wheel.html",
            "/mill/race.html",
            "/images/wheel.jpg",
            "/style.css",
            "/favicon.ico",
            "/search?q=water+power",
            "/search?q=m%C3%BChle",
            "/feed.xml",
            "/contact");
    private static final List<String> REFERRERS =
            List.of("-", "-", "http://mill.example/", "http://search.example/?q=tailrace", "http://mill.example/mill/");
    private static final List<String> USER_AGENTS = List.of(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36",
            "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:38.0) Gecko/20100101 Firefox/38.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 8_3 like Mac OS X) AppleWebKit/600.1.4 Mobile/12F70",
            "ExampleBot/2.1 (+http://bot.example/)",
            "-");

    private final Random random = new Random(SEED);

    private SampleLog() {}

    /** Writes the log to the file named by the first argument, or to standard output. */
    public static void main(String... args) throws IOException {
        byte[] log = bytes();
        if (args.length == 0) {
            PrintStream out = System.out;
            out.write(log);
            out.flush();
        } else {
            Files.write(Path.of(args[0]), log);
        }
    }

    /** The whole log. */
    public static byte[] bytes() {
        SampleLog sample = new SampleLog();
        StringBuilder log = new StringBuilder();
        for (int index = 0; index < LINES; index++) {
            String line = sample.line(index);
            // The user agent's quote never closes.
            log.append(MALFORMED.contains(index) ? line.substring(0, line.length() - 1) : line)
                    .append('\n');
        }
        return log.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String line(int index) {
        int status = status();
        return "%s - %s [%s] \"%s %s HTTP/1.1\" %d %s \"%s\" \"%s\""
                .formatted(
                        one(NETWORKS) + (1 + random.nextInt(250)),
                        random.nextInt(50) == 0 ? "miller" : "-",
                        TIME.format(START.plusSeconds(second(index))),
                        method(),
                        status == 404 ? "/old/" + random.nextInt(1000) + ".html" : one(PATHS),
                        status,
                        hasBody(status) ? String.valueOf(200 + random.nextInt(60_000)) : "-",
                        one(REFERRERS),
                        one(USER_AGENTS));
    }

    /** Spreads the lines over the day, most of them around noon, some out of order. */
    private int second(int index) {
        double share = (index + 0.5) / LINES;
        double shifted = share - StrictMath.sin(2 * Math.PI * share) / (4 * Math.PI);
        double mirrored = 2 * share - shifted;
        int second = (int) (mirrored * DAY_SECONDS) - random.nextInt(JITTER_SECONDS);
        return Math.max(0, Math.min(DAY_SECONDS - 1, second));
    }

    private int status() {
        int draw = random.nextInt(100);
        if (draw < 84) {
            return 200;
        }
        if (draw < 91) {
            return 304;
        }
        if (draw < 94) {
            return 301;
        }
        if (draw < 98) {
            return 404;
        }
        return draw < 99 ? 403 : 500;
    }

    private static boolean hasBody(int status) {
        return status != 304;
    }

    private String method() {
        int draw = random.nextInt(20);
        return draw == 0 ? "POST" : draw == 1 ? "HEAD" : "GET";
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
