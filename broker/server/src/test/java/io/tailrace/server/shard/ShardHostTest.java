package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.server.shard.Words.Announce;
import io.tailrace.server.shard.Words.Committed;
import io.tailrace.server.shard.Words.Newest;
import io.tailrace.server.shard.Words.Put;
import io.tailrace.server.shard.Words.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a shard decides, stores and answers while its partition is led here. */
class ShardHostTest {
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
    void anAnswerWaitsUntilItsRecordsAreCommitted() {
        List<String> answers = shard.submit(new Put("a", "1"));
        assertThat(answers).isEmpty();

        shard.followerFetchesAll();

        assertThat(answers).containsExactly("");
    }

    @Test
    void anAnswerWithoutRecordsWaitsForWhatItsDecisionSaw() {
        shard.submit(new Put("a", "1"));
        List<String> answers = shard.submit(new Newest("a"));
        assertThat(answers).isEmpty();

        shard.followerFetchesAll();

        assertThat(answers).containsExactly("1");
        assertThat(shard.submit(new Newest("a"))).containsExactly("1");
    }

    @Test
    void aQueryReadsWhatIsCommitted() {
        shard.submit(new Put("a", "1"));
        shard.followerFetchesAll();
        shard.submit(new Put("a", "2"));

        assertThat(shard.ask(new Committed("a"))).isEqualTo("1");

        shard.followerFetchesAll();
        assertThat(shard.ask(new Committed("a"))).isEqualTo("2");
    }

    @Test
    void anAppendThatIsRefusedChangesNothing() {
        List<String> waiter = shard.submit(new Wait());
        shard.shrinkIsr();
        long end = shard.partition().logEndOffset();

        assertThat(shard.submit(new Announce("lost"))).containsExactly("COORDINATOR_NOT_AVAILABLE");
        assertThat(shard.partition().logEndOffset()).isEqualTo(end);
        assertThat(waiter).isEmpty();

        shard.expandIsr();
        shard.submit(new Announce("kept"));
        shard.followerFetchesAll();
        assertThat(waiter).containsExactly("kept");
    }

    @Test
    void recordsThatDoNotFitIntoABatchCostTheirRequestOnly() {
        String large = "x".repeat(shard.partition().settings().messageBytesMax());

        assertThat(shard.submit(new Put("a", large))).containsExactly("MESSAGE_TOO_LARGE");

        List<String> next = shard.submit(new Put("a", "1"));
        shard.followerFetchesAll();
        assertThat(next).containsExactly("");
    }

    @Test
    void aRuleThatFailsCostsItsRequestOnly() {
        assertThat(shard.submit(new Words.Fail())).containsExactly("UNKNOWN_SERVER_ERROR");
        assertThat(shard.submit(new Newest("a"))).containsExactly("");
    }

    @Test
    void aRequestThatIsKeptIsAnsweredByALaterOne() {
        List<String> first = shard.submit(new Wait());
        List<String> second = shard.submit(new Wait());
        shard.pass(ShardFixture.ACKNOWLEDGE_MS * 10);
        assertThat(first).isEmpty();

        List<String> third = shard.submit(new Announce("now"));
        assertThat(first).isEmpty();
        shard.followerFetchesAll();

        assertThat(first).containsExactly("now");
        assertThat(second).containsExactly("now");
        assertThat(third).containsExactly("now");
    }

    @Test
    void aRequestThatWasGivenUpIsNotAnsweredAndNotKept() {
        List<String> answers = new ArrayList<>();
        Submission parked = shard.submit(new Put("a", "1"), answers);
        Submission kept = shard.submit(new Wait(), answers);
        shard.run();
        Submission queued = shard.submit(new Put("b", "2"), answers);
        assertThat(shard.requestsOpen()).isEqualTo(3);

        parked.giveUp();
        kept.giveUp();
        queued.giveUp();
        shard.submit(new Announce("now"));
        shard.followerFetchesAll();

        assertThat(answers).isEmpty();
        assertThat(shard.requestsOpen()).isZero();
        assertThat(shard.ask(new Committed("a"))).isEqualTo("1");
        assertThat(shard.ask(new Committed("b")))
                .as("nobody waits for it any more")
                .isEmpty();
    }

    @Test
    void replicasThatDoNotAcknowledgeInTimeLeaveTheOutcomeOpen() {
        List<String> answers = shard.submit(new Put("a", "1"));
        shard.pass(ShardFixture.ACKNOWLEDGE_MS - 1);
        assertThat(answers).isEmpty();

        shard.pass(1);
        assertThat(answers).containsExactly("COORDINATOR_NOT_AVAILABLE");

        shard.followerFetchesAll();
        assertThat(shard.ask(new Committed("a"))).isEqualTo("1");
        assertThat(answers).hasSize(1);
    }

    @Test
    void withoutALeaseNothingIsAnsweredFromTheState() {
        shard.submit(new Put("a", "1"));
        shard.followerFetchesAll();
        List<String> parked = shard.submit(new Put("a", "2"));
        shard.replicas().lease(false);
        shard.partition().leaseEnded();
        shard.run();

        assertThat(parked).containsExactly("NOT_COORDINATOR");
        assertThat(shard.ask(new Committed("a"))).isEqualTo("NOT_COORDINATOR");
        assertThat(shard.submit(new Newest("a"))).containsExactly("NOT_COORDINATOR");
        assertThat(shard.submit(new Put("a", "3"))).containsExactly("NOT_COORDINATOR");

        shard.replicas().lease(true);
        shard.followerFetchesAll();
        assertThat(shard.submit(new Newest("a"))).containsExactly("2");
        assertThat(shard.ask(new Committed("a"))).isEqualTo("2");
    }

    /** Another broker may lead by now, and have committed more. */
    @Test
    void anAnswerFromCommittedStateNeedsTheLeaseToo() {
        shard.replicas().lease(false);

        assertThat(shard.submit(new Newest("a"))).containsExactly("NOT_COORDINATOR");
        assertThat(shard.ask(new Committed("a"))).isEqualTo("NOT_COORDINATOR");
    }

    @Test
    void whatIsUncommittedIsBounded() {
        for (int i = 0; i < RunningShard.UNCOMMITTED_RECORDS_MAX; i++) {
            var unused = shard.submit(new Put("a", "1"), new ArrayList<>());
            if (i % 1000 == 0) {
                shard.run();
            }
        }
        shard.run();

        assertThat(shard.submit(new Put("a", "2"))).containsExactly("COORDINATOR_NOT_AVAILABLE");

        shard.followerFetchesAll();
        assertThat(shard.submit(new Newest("a"))).containsExactly("1");
    }

    @Test
    void requestsThatWaitForTheShardAreBounded() {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < ShardHost.REQUESTS_MAX; i++) {
            var unused = shard.submit(new Newest("a"), answers);
        }
        assertThat(answers).isEmpty();
        var unused = shard.submit(new Newest("a"), answers);
        assertThat(answers).containsExactly("COORDINATOR_LOAD_IN_PROGRESS");

        shard.run();
        assertThat(answers).hasSize(ShardHost.REQUESTS_MAX + 1);
        assertThat(shard.submit(new Newest("a"))).containsExactly("");
    }

    @Test
    void stateIsRefreshedBeforeEachRequest() {
        int before = shard.refreshed();
        shard.submit(new Newest("a"));
        shard.ask(new Committed("a"));

        assertThat(shard.refreshed()).isEqualTo(before + 2);
    }
}
