package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames share 100 bytes. */
class FrameMemoryTest {
    private static final int BYTES_MAX = 100;

    private final List<String> granted = new ArrayList<>();
    private final List<String> exhausted = new ArrayList<>();
    private final FrameMemory memory =
            new FrameMemory(new ByteBudget("test", BYTES_MAX, each -> exhausted.add(each.name())));

    private FrameMemory.Share share(String name) {
        return memory.share(() -> granted.add(name));
    }

    private FrameMemory.Share holding(int bytes, String name) {
        FrameMemory.Share share = share(name);
        assertThat(share.reserve(bytes)).isTrue();
        return share;
    }

    private FrameMemory.Share waiting(int bytes, String name) {
        FrameMemory.Share share = share(name);
        assertThat(share.reserve(bytes)).isFalse();
        return share;
    }

    @Test
    void sharesHoldUpToTheBound() {
        FrameMemory.Share share = holding(60, "a");
        assertThat(share.reserve(100)).as("it holds 60 of them").isTrue();

        assertThat(memory.isExhausted()).isTrue();
        assertThat(exhausted).isEmpty();
        share.release();
        assertThat(memory.isExhausted()).isFalse();
        assertThat(granted).isEmpty();
    }

    @Test
    void releasedBytesGoToTheFirstThatWaitAndWakeNobodyElse() {
        FrameMemory.Share holder = holding(90, "holder");
        FrameMemory.Share first = waiting(40, "first");
        FrameMemory.Share second = waiting(50, "second");
        FrameMemory.Share third = waiting(30, "third");
        assertThat(memory.isExhausted()).as("there is room, but others wait").isTrue();
        assertThat(memory.bytes().exhaustions()).isEqualTo(3);

        holder.release();
        assertThat(granted).containsExactly("first", "second");
        assertThat(first.reserve(40)).isTrue();
        assertThat(second.reserve(50)).isTrue();
        assertThat(third.reserve(30)).isFalse();
        first.release();
        assertThat(granted).containsExactly("first", "second", "third");
    }

    @Test
    void aLargeReservationIsNotOvertaken() {
        FrameMemory.Share holder = holding(60, "holder");
        FrameMemory.Share large = waiting(80, "large");
        FrameMemory.Share small = waiting(10, "small");

        holder.release();
        assertThat(granted).containsExactly("large", "small");
        large.release();
        small.release();
    }

    @Test
    void aFrameThatHoldsBytesComesBeforeLaterOnes() {
        FrameMemory.Share early = holding(20, "early");
        FrameMemory.Share holder = holding(80, "holder");
        FrameMemory.Share late = waiting(60, "late");
        assertThat(early.reserve(50)).isFalse();

        holder.release();
        assertThat(granted).containsExactly("early");
        early.release();
        assertThat(granted).containsExactly("early", "late");
        late.release();
    }

    @Test
    void framesThatBlockEachOtherGoOnOneAfterTheOther() {
        FrameMemory.Share first = holding(40, "first");
        FrameMemory.Share second = holding(40, "second");
        assertThat(first.reserve(80)).as("the second may still arrive").isFalse();
        assertThat(second.reserve(80)).isFalse();

        assertThat(granted).as("both wait, so the first exceeds the bound").containsExactly("first");
        assertThat(memory.bytes().usedBytes()).isEqualTo(120);
        assertThat(first.reserve(90)).as("until it has arrived").isTrue();
        assertThat(second.reserve(80)).isFalse();
        first.release();
        assertThat(granted).containsExactly("first", "second");
        assertThat(memory.bytes().usedBytes()).isEqualTo(80);
        assertThat(memory.isExhausted()).isFalse();
    }

    @Test
    void aFrameLargerThanTheBoundArrivesAlone() {
        FrameMemory.Share holder = holding(10, "holder");
        FrameMemory.Share large = waiting(BYTES_MAX + 1, "large");

        holder.release();
        assertThat(granted).containsExactly("large");
        large.release();
    }

    @Test
    void closedConnectionNoLongerWaits() {
        FrameMemory.Share holder = holding(90, "holder");
        FrameMemory.Share closed = waiting(20, "closed");
        FrameMemory.Share next = waiting(10, "next");
        closed.release();
        assertThat(granted).as("it had waited behind the other").containsExactly("next");
        holder.release();
        next.release();

        assertThat(granted).containsExactly("next");
        assertThat(memory.bytes().usedBytes()).isZero();
    }

    /** Whatever frames ask for, all of them arrive, and the bound is exceeded by one frame at most. */
    @Test
    void everyFrameArrives() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            Map<FrameMemory.Share, Integer> asks = new HashMap<>();
            for (int frame = 0; frame < 12; frame++) {
                asks.put(memory.share(() -> {}), 0);
            }
            int rounds = 0;
            while (!asks.isEmpty()) {
                assertThat(rounds++).as("rounds with seed %d", seed).isLessThan(5_000);
                List<FrameMemory.Share> all = new ArrayList<>(asks.keySet());
                FrameMemory.Share share = all.get(random.nextInt(all.size()));
                int bytes = asks.getOrDefault(share, 0);
                if (bytes > 0 && !share.reserve(bytes)) {
                    continue;
                }
                if (bytes >= 50) {
                    share.release();
                    asks.remove(share);
                } else {
                    asks.put(share, bytes + 1 + random.nextInt(30));
                }
                assertThat(memory.bytes().usedBytes()).as("seed %d", seed).isLessThan(BYTES_MAX + 80);
            }
            assertThat(memory.bytes().usedBytes()).as("seed %d", seed).isZero();
        }
    }
}
