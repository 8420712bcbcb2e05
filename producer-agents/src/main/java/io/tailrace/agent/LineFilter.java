package io.tailrace.agent;

import com.google.re2j.Pattern;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.Lines;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** Decides which lines of a source are sent. The same line always has the same outcome. Immutable. */
final class LineFilter {
    private static final double UNIT = 0x1.0p-53;

    private final Charset charset;
    private final @Nullable Pattern keep;
    private final @Nullable Pattern drop;
    private final double samplePercent;

    LineFilter(LineRules rules, Charset charset) {
        this.charset = charset;
        keep = rules.keep().orElse(null);
        drop = rules.drop().orElse(null);
        samplePercent = rules.samplePercent();
    }

    /** Whether a line is sent. Of an overlong line, the beginning counts. */
    boolean keeps(Origin origin, Chunk chunk, int line) {
        return isWanted(chunk.lines(), line)
                && isInSample(origin, chunk.offset() + chunk.lines().start(line));
    }

    private boolean isWanted(Lines lines, int line) {
        if (keep == null && drop == null) {
            return true;
        }
        int start = lines.start(line);
        // Malformed input becomes U+FFFD.
        String text = new String(lines.bytes(), start, lines.end(line) - start, charset);
        return (keep == null || keep.matcher(text).find())
                && (drop == null || !drop.matcher(text).find());
    }

    private boolean isInSample(Origin origin, long offset) {
        return samplePercent >= LineRules.ALL_PERCENT
                || (origin.lineHash(offset) >>> 11) * UNIT * LineRules.ALL_PERCENT < samplePercent;
    }
}
