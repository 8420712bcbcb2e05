package io.tailrace.agent;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Some histories of an agent with crashes, in memory. {@code -Dseed=N -Dseeds=1} plays one. */
class CrashHistoryTest {
    private static final long FIRST = Long.getLong("seed", 1);
    private static final long COUNT = Long.getLong("seeds", 200);

    @Test
    void everyLineIsSentAndOnlyThoseInFlightAtACrashAreRepeated() throws IOException {
        for (long seed = FIRST; seed < FIRST + COUNT; seed++) {
            CrashHistory.play(seed);
        }
    }
}
