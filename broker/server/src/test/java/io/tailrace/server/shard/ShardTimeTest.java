package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.server.shard.Words.Expire;
import io.tailrace.server.shard.Words.Newest;
import io.tailrace.server.shard.Words.Put;
import io.tailrace.server.shard.Words.Renew;
import io.tailrace.server.shard.Words.Time;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The timers of a shard. */
class ShardTimeTest {
    private static final Expire SESSION = new Expire("session", "expired");
    private static final long SESSION_MS = 6_000;

    private ShardFixture shard;

    @BeforeEach
    void lead(@TempDir Path directory) throws Exception {
        shard = new ShardFixture(directory);
        shard.leadLoaded();
    }

    @AfterEach
    void stop() throws Exception {
        shard.close();
    }

    @Test
    void aTimerExpiresAtItsTime() {
        shard.submit(new Time(SESSION, SESSION_MS));
        shard.pass(SESSION_MS - 1);
        assertThat(session()).isEmpty();

        shard.pass(1);

        assertThat(session()).isEqualTo("expired");
    }

    @Test
    void startingAnEqualTimerMovesIt() {
        for (int i = 0; i < 10; i++) {
            shard.submit(new Time(new Expire("session", "expired"), SESSION_MS));
            shard.pass(SESSION_MS / 2);
        }
        assertThat(session()).isEmpty();

        shard.submit(new Time(SESSION, 1));
        shard.pass(1);
        assertThat(session()).isEqualTo("expired");
        assertThat(shard.partition().logEndOffset()).isEqualTo(1);
        shard.pass(SESSION_MS * 2);
        assertThat(shard.partition().logEndOffset()).isEqualTo(1);
    }

    @Test
    void aTimerIsRenewedThoughTheRecordsAreRefused() {
        shard.submit(new Time(SESSION, SESSION_MS));
        shard.shrinkIsr();
        shard.pass(SESSION_MS / 2);
        assertThat(shard.submit(new Renew(SESSION, SESSION_MS))).containsExactly("COORDINATOR_NOT_AVAILABLE");
        assertThat(shard.submit(new Renew(new Expire("never started", "expired"), 1)))
                .containsExactly("COORDINATOR_NOT_AVAILABLE");
        shard.expandIsr();

        shard.pass(SESSION_MS - 1);
        assertThat(shard.partition().logEndOffset()).isZero();
        shard.pass(1);
        assertThat(session()).isEqualTo("expired");
    }

    @Test
    void aStoppedTimerDoesNotExpire() {
        shard.submit(new Time(SESSION, SESSION_MS));
        shard.submit(new Time(SESSION, Time.STOP));
        shard.pass(SESSION_MS * 2);

        assertThat(session()).isEmpty();
        assertThat(shard.alarmsSet()).isZero();
    }

    @Test
    void timersOfALoadedStateAreStarted() {
        shard.submit(new Put(Words.TIMED, "1"));
        shard.followerFetchesAll();
        shard.lead();
        shard.run();

        shard.pass(1000);

        shard.followerFetchesAll();
        assertThat(shard.submit(new Newest(Words.TIMED))).containsExactly("expired");
    }

    @Test
    void aTimeoutWhoseAppendIsRefusedIsTriedAgain() {
        shard.submit(new Time(SESSION, SESSION_MS));
        shard.shrinkIsr();
        shard.pass(SESSION_MS * 2);
        assertThat(shard.partition().logEndOffset()).isZero();

        shard.expandIsr();
        shard.pass(12_800);

        assertThat(session()).isEqualTo("expired");
        assertThat(shard.partition().logEndOffset()).isEqualTo(1);
    }

    @Test
    void timersEndWithLeadership() {
        shard.submit(new Time(SESSION, SESSION_MS));
        shard.lead();
        shard.run();
        shard.pass(SESSION_MS * 2);

        assertThat(session()).isEmpty();
    }

    @Test
    void aWallClockThatJumpsExpiresNothing() {
        shard.submit(new Time(SESSION, SESSION_MS));
        shard.setWallClock(3_600_000);
        shard.pass(SESSION_MS - 1);
        assertThat(session()).isEmpty();

        shard.setWallClock(-7_200_000);
        shard.pass(1);
        assertThat(session()).isEqualTo("expired");
    }

    @Test
    void aProcessThatStoodStillExpiresNothingAtOnce() {
        shard.submit(new Time(SESSION, SESSION_MS));
        shard.jump(60_000);
        shard.run();
        assertThat(session()).isEmpty();

        shard.pass(SESSION_MS - RunningTime.STEP_MS_MAX - 1);
        assertThat(session()).isEmpty();
        shard.pass(1);
        assertThat(session()).isEqualTo("expired");
    }

    @Test
    void aRequestThatHasArrivedComesBeforeTheTimerThatWaitsForIt() {
        shard.submit(new Time(SESSION, 100));
        shard.jump(100);
        for (int before = 0; before < 1000; before++) {
            var unused = shard.submit(new Newest("other"), new ArrayList<>());
        }
        shard.submit(new Time(SESSION, SESSION_MS));

        assertThat(session()).isEmpty();
    }

    private String session() {
        shard.followerFetchesAll();
        return String.join(",", shard.submit(new Newest("session")));
    }
}
