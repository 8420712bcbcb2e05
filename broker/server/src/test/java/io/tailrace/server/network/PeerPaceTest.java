package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Asked once per second; a transfer has 10 s in addition to what its bytes take. */
class PeerPaceTest {
    private static final long MIB = 1 << 20;
    private static final int TRANSFER = 7;

    private final PeerPace pace = new PeerPace(10_000);

    @Test
    void dripsDoNotExtendTheTime() {
        for (int second = 0; second <= 10; second++) {
            assertThat(pace.isTooSlow(TRANSFER, second, false)).isFalse();
        }
        assertThat(pace.isTooSlow(TRANSFER, 11, false)).isTrue();
    }

    @Test
    void stalledPeerKeepsWhatItHasSentOnlyWhileThereIsMemory() {
        for (int second = 0; second < 60; second++) {
            assertThat(pace.isTooSlow(TRANSFER, 50 * MIB, false)).isFalse();
        }
        assertThat(pace.isTooSlow(TRANSFER, 50 * MIB, true))
                .as("no byte for more than a tenth of the time")
                .isTrue();
    }

    @Test
    void peerThatSendsFastEnoughGoesOnWhileMemoryIsShort() {
        for (int second = 0; second < 60; second++) {
            assertThat(pace.isTooSlow(TRANSFER, second * MIB, true)).isFalse();
        }
        assertThat(pace.isTooSlow(TRANSFER, 59 * MIB, true)).isFalse();
        assertThat(pace.isTooSlow(TRANSFER, 59 * MIB, true)).isTrue();
    }

    @Test
    void eachTransferHasItsOwnTime() {
        for (int second = 0; second < 60; second++) {
            assertThat(pace.isTooSlow(second / 2, 0, true)).isFalse();
        }
    }
}
