package io.tailrace.agent;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Histories of an agent with crashes, in memory: those that went wrong once, the first hundred, and a hundred that differ from run to
 * run. {@code -Dseed=N} plays others, {@code -Dseeds=N} so many.
 */
class CrashHistoryTest {
    private static final long[] ONCE_WRONG = {
        1060, 1842, 3878, 4366, 4459, 4903, 5031, 6784, 11967, 16522, 18780, 20372, 22401, 35303, 49719, 101335, 107918,
        134320, 213084, 286892, 290008, 312353
    };
    private static final long SEEDS_MAX = 1L << 32;
    private static final long COUNT = Long.getLong("seeds", 100);

    @Test
    void inTransactionsEveryLineIsThereOnce() throws IOException {
        Long given = Long.getLong("seed");
        long first = given == null ? ThreadLocalRandom.current().nextLong(SEEDS_MAX) : given;
        System.out.println("crash histories in transactions with -Dseed=" + first + " -Dseeds=" + COUNT);
        for (long seed = first; seed < first + COUNT; seed++) {
            CrashHistory.playTransactional(seed);
        }
    }

    @Test
    void everyLineIsSentAndOnlyThoseInFlightAtACrashAreRepeated() throws IOException {
        Long given = Long.getLong("seed");
        long first = given == null ? ThreadLocalRandom.current().nextLong(SEEDS_MAX) : given;
        System.out.println("crash histories with -Dseed=" + first + " -Dseeds=" + COUNT);
        LongStream seeds = LongStream.range(first, first + COUNT);
        if (given == null) {
            seeds = LongStream.concat(
                    LongStream.concat(LongStream.of(ONCE_WRONG), LongStream.rangeClosed(1, 100)), seeds);
        }
        for (long seed : seeds.toArray()) {
            CrashHistory.play(seed);
        }
    }
}
