package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.checkpoint.VolatileDisk;
import io.tailrace.agent.inspect.CheckpointReset;
import io.tailrace.agent.tail.TailConfig;
import io.tailrace.agent.transaction.PositionHeader;
import io.tailrace.client.ClientException;
import io.tailrace.client.ProducerRecord;
import io.tailrace.config.ConfigException;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What becomes of lines that are sent in transactions. {@link CrashHistoryTest} plays agents that are killed. */
class AgentTransactionsTest extends AgentTransactionFixture {
    @Test
    void linesDeadLettersAndPositionsBecomeVisibleTogether() throws IOException {
        harness.producer.holding = true;
        harness.append("access.log", "one\n" + "x".repeat(AgentHarness.LINE_BYTES_MAX + 1) + "\ntwo\n");
        harness.run();
        harness.producer.answer(2);
        harness.run();
        assertThat(harness.lines()).isEmpty();
        assertThat(harness.agent.linesInFlight()).isEqualTo(3);

        harness.producer.holding = false;
        harness.producer.answerAll();
        harness.run();

        assertThat(harness.lines()).containsExactly("one", "two");
        assertThat(harness.lines(AgentHarness.DEAD_LETTERS)).hasSize(1);
        assertThat(harness.agent.linesInFlight()).isZero();
        assertThat(harness.agent.checkpoint().written())
                .isEqualTo(harness.agent.checkpoint().expected());
    }

    @Test
    void aRefusedRecordIsADeadLetterOfTheSameTransaction() throws IOException {
        long before = commits();
        harness.producer.refusal = record -> record.topic().equals(AgentHarness.TOPIC)
                        && harness.decode(record).get("line").toString().equals("bad")
                ? Optional.of(ErrorCode.INVALID_RECORD)
                : Optional.empty();
        harness.append("access.log", "one\nbad\ntwo\n");

        runOften();

        assertThat(harness.lines()).containsExactlyInAnyOrder("one", "two");
        assertThat(harness.lines(AgentHarness.DEAD_LETTERS)).containsExactly("bad");
        assertThat(commits()).isEqualTo(before + 1);
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotRepeated() throws IOException {
        harness.transactions.faults.add(FakeTransactions.Fault.LOST_ANSWER);
        harness.append("access.log", "one\n");
        harness.run();
        harness.run();
        harness.append("access.log", "two\n");
        harness.run();

        assertThat(harness.lines()).containsExactly("one", "two");
        assertThat(harness.agent.linesInFlight()).isZero();
    }

    @Test
    void aCommitThatWasNotMadeIsRepeatedFromMemory() throws IOException {
        for (FakeTransactions.Fault fault :
                List.of(FakeTransactions.Fault.LOST_REQUEST, FakeTransactions.Fault.TIMEOUT)) {
            harness.transactions.faults.add(fault);
            harness.producer.holding = true;
            harness.append("access.log", fault + "\n");
            harness.run();
            // Nothing but the agent's memory has the line then.
            Files.writeString(harness.log("access.log"), "");
            harness.producer.holding = false;
            harness.producer.answerAll();
            runOften();
        }

        assertThat(harness.lines()).containsExactly("LOST_REQUEST", "TIMEOUT");
        assertThat(harness.agent.linesInFlight()).isZero();
    }

    @Test
    void linesAndDeadLettersAreSentAgainAsOftenAsNeeded() throws IOException {
        for (int losses = 0; losses < 3; losses++) {
            harness.transactions.faults.add(FakeTransactions.Fault.LOST_REQUEST);
        }
        harness.append("access.log", "one\n" + "x".repeat(AgentHarness.LINE_BYTES_MAX + 1) + "\ntwo\n");

        runOften();

        assertThat(harness.lines()).containsExactly("one", "two");
        assertThat(harness.lines(AgentHarness.DEAD_LETTERS)).hasSize(1);
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
        harness.stop();
        AuditOracle.of(harness).check(3);
        harness.start();
    }

    /** A chunk is accepted then; the lines of another one are, too, but not its dead letter. */
    @Test
    void aTransactionThatIsLostHalfwayIsSentAgain() throws IOException {
        harness.producer.holding = true;
        harness.append("access.log", "x".repeat(99).concat("\n").repeat(40));
        harness.append("access.log", "one\n" + "x".repeat(AgentHarness.LINE_BYTES_MAX + 1) + "\ntwo\n");
        harness.run();
        harness.producer.answer(42);
        harness.run();
        harness.producer.refusal = record -> Optional.of(ErrorCode.INVALID_PRODUCER_EPOCH);
        harness.producer.answerAll();
        harness.producer.refusal = record -> Optional.empty();
        harness.producer.holding = false;
        runOften();

        assertThat(harness.lines()).hasSize(42).endsWith("one", "two");
        assertThat(harness.lines(AgentHarness.DEAD_LETTERS)).hasSize(1);
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
    }

    /** The lines that would be dead letters are not in memory any more. */
    @Test
    void recordsThatBrokersHadAcceptedAreSentUntilTheyAcceptThemAgain() throws IOException {
        harness.producer.holding = true;
        harness.append("access.log", "one\n");
        harness.run();
        harness.producer.answerAll();
        harness.producer.refusal = record ->
                record.topic().equals(AgentHarness.TOPIC) ? Optional.of(ErrorCode.INVALID_RECORD) : Optional.empty();
        harness.transactions.faults.add(FakeTransactions.Fault.LOST_REQUEST);
        harness.producer.holding = false;
        harness.run();
        for (int scans = 0; scans < 120; scans++) {
            harness.run();
            assertThat(harness.transactions.isTransactionOpen()).isFalse();
        }
        assertThat(harness.agent.problems(harness.steadyMs(), 60_000))
                .anyMatch(problem ->
                        problem.contains(": records that were accepted in a transaction that was lost are refused now:"
                                + " refused by the test. Raise the topic's limit"));

        harness.producer.refusal = record -> Optional.empty();
        for (int scans = 0; scans < 60; scans++) {
            harness.run();
        }

        assertThat(harness.lines()).containsExactly("one");
        assertThat(harness.lines(AgentHarness.DEAD_LETTERS)).isEmpty();
    }

    @Test
    void whatIsCountedTwiceIsStatedOnce() throws IOException {
        harness.append("access.log", "one\ntwo\n");
        harness.transactions.faults.add(FakeTransactions.Fault.LOST_REQUEST);
        harness.run();
        harness.pass(120_000);
        harness.transactions.faults.add(FakeTransactions.Fault.LOST_REQUEST);
        harness.run();
        harness.run();
        harness.stop();

        AuditOracle.of(harness).check(2);
        assertThat(harness.values(AgentHarness.PROGRESS)).last().satisfies(progress -> assertThat(
                        (Boolean) progress.get("stopped"))
                .isTrue());
        harness.start();
    }

    @Test
    void anotherAgentWithTheSameIdEndsThisOne() throws IOException {
        FakeTransactions.FakeTransactionalProducer other = harness.transactions.newProducer();
        var taken = other.initTransactions();
        assertThat(taken).isCompleted();
        other.begin();
        var sent = other.send(new ProducerRecord(
                FakeTransactions.TOPIC,
                OptionalInt.empty(),
                OptionalLong.empty(),
                (FakeTransactions.AGENT_ID + "\n" + PositionHeader.KEY).getBytes(StandardCharsets.UTF_8),
                new PositionHeader("a", "other", 2).encode(),
                List.of()));
        assertThat(sent).isCompleted();
        assertThat(other.commit()).isCompleted();
        harness.append("access.log", "one\n");

        assertThatThrownBy(this::runOften)
                .isInstanceOf(ConfigException.class)
                .hasMessage("agent.id=agent1: another agent with this id is running, and has the transactional id"
                        + " tailrace-agent-agent1 now. Give each agent an agent.id of its own");
        assertThat(harness.lines()).isEmpty();
    }

    @Test
    void aSuccessorGoesOnAndFencesAnAgentThatWasPaused() throws IOException {
        harness.append("access.log", "one\n");
        harness.producer.holding = true;
        harness.run();
        Agent paused = harness.agent;
        FakeProducer producerOfPaused = harness.producer;

        harness.start();
        runOften();
        producerOfPaused.holding = false;
        producerOfPaused.answerAll();

        assertThatThrownBy(() -> {
                    for (int steps = 0; steps < 20; steps++) {
                        harness.pass(1_000);
                        paused.step(harness.now());
                    }
                })
                .isInstanceOf(ConfigException.class);
        harness.append("access.log", "two\n");
        runOften();
        assertThat(harness.lines()).containsExactly("one", "two");
    }

    @Test
    void anAgentThatStartsHasItsIdWithoutALine() throws IOException {
        harness.stop();
        long before = commits();

        harness.start();
        harness.run();

        assertThat(commits()).isEqualTo(before + 1);
    }

    @Test
    void theTopicAloneIsEnough() throws IOException {
        harness.append("access.log", "one\n");
        harness.run();
        harness.crash(0);
        for (String file : List.of("checkpoint.json", "checkpoint.log", "positions.json")) {
            Files.delete(harness.data.resolve(file));
        }
        harness.append("access.log", "two\n");

        harness.start();
        harness.run();

        assertThat(harness.lines()).containsExactly("one", "two");
    }

    @Test
    void positionsOfAnAgentWithoutTransactionsAreCarriedOver() throws IOException {
        harness.stop();
        harness.transactionIntervalMs = OptionalLong.empty();
        harness.start();
        harness.append("access.log", "one\n");
        harness.run();
        harness.stop();

        harness.transactionIntervalMs = AT_ONCE;
        harness.start();
        harness.run();
        harness.append("access.log", "two\n");
        harness.run();
        harness.crash(0);
        harness.start();
        harness.run();

        assertThat(harness.lines()).containsExactly("one", "two");
        harness.stop();
        AuditOracle.of(harness).check(2);
        harness.start();
    }

    @Test
    void anAgentWithoutTransactionsGoesOnFromTheCheckpoint() throws IOException {
        harness.append("access.log", "one\n");
        harness.run();
        harness.stop();
        harness.transactionIntervalMs = OptionalLong.empty();

        harness.start();
        harness.run();
        harness.append("access.log", "two\n");
        harness.run();

        assertThat(harness.lines()).containsExactly("one", "two");
    }

    @Test
    void aCheckpointThatNeverCameToTheTopicStaysTrue() throws IOException {
        harness.stop();
        harness.transactionIntervalMs = OptionalLong.empty();
        harness.start();
        harness.append("access.log", "one\n");
        harness.run();
        harness.stop();
        harness.transactionIntervalMs = AT_ONCE;
        harness.start();
        harness.producer.holding = true;
        harness.run();
        harness.crash(0);

        harness.start();
        harness.run();
        harness.append("access.log", "two\n");
        harness.run();

        assertThat(harness.lines()).containsExactly("one", "two");
    }

    @Test
    void aResetOfTheCheckpointReplacesWhatTheTopicHas() throws IOException {
        harness.append("access.log", "one\n");
        harness.run();
        harness.stop();

        List<TailConfig> sources =
                harness.config.sources().stream().map(Source::tail).toList();
        assertThat(new CheckpointReset(harness.data, sources)
                        .reset(CheckpointReset.Selection.ALL, CheckpointReset.Target.BEGINNING, harness.now()))
                .hasSize(1);
        harness.start();
        runOften();

        assertThat(harness.lines()).containsExactly("one", "one");
        assertThat(harness.values(AgentHarness.TOPIC))
                .extracting(value -> value.get("fileId"))
                .containsOnly(harness.values(AgentHarness.TOPIC).get(0).get("fileId"));
    }

    @Test
    void aCoordinatorThatIsAwayIsWaitedFor() throws IOException {
        harness.transactions.expire();
        harness.transactions.isAway = true;
        harness.append("access.log", "one\n");
        harness.run();
        for (int scans = 0; scans < 120; scans++) {
            harness.run();
        }
        assertThat(harness.agent.problems(harness.steadyMs(), 60_000))
                .anyMatch(problem -> problem.startsWith("transactions waits: records have not been acknowledged"));
        assertThat(harness.monitor.ready().ok()).isFalse();

        harness.transactions.isAway = false;
        for (int scans = 0; scans < 60; scans++) {
            harness.run();
        }

        assertThat(harness.lines()).containsExactly("one");
        assertThat(harness.agent.problems(harness.steadyMs(), 60_000)).isEmpty();
    }

    @Test
    void anAgentDoesNotStartBeforeItHasItsId() throws IOException {
        harness.crash(0);
        harness.transactions.isAway = true;
        AgentStart start = harness.newStart();
        assertThat(start.attempt(harness.now())).isEmpty();
        harness.pass(61_000);
        assertThat(start.attempt(harness.now())).isEmpty();
        assertThat(harness.monitor.ready().ok()).isFalse();
        assertThat(start.problem(harness.steadyMs()))
                .hasValueSatisfying(problem -> assertThat(problem).startsWith("transactions waits"));

        harness.transactions.isAway = false;
        harness.pass(61_000);
        assertThat(start.attempt(harness.now())).isPresent();
    }

    @Test
    void anAgentThatDoesNotStartSaysThatTheTopicOfPositionsIsUnknown() throws IOException {
        harness.crash(0);
        AgentStart start = harness.newStart();
        String why = "topic positions does not exist";
        harness.producer.unknownTopics.put(
                FakeTransactions.TOPIC, new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, why));
        assertThat(start.attempt(harness.now())).isEmpty();
        assertThat(start.problem(harness.steadyMs())).hasValue(why);
        assertThat(harness.monitor.ready().reason()).isEqualTo(why);

        harness.producer.unknownTopics.clear();
        assertThat(start.attempt(harness.now())).isPresent();
        assertThat(start.problem(harness.steadyMs())).isEmpty();
    }

    /** Sends more lines than fit into one transaction. The changes of all but the first stay in the page cache. */
    private VolatileDisk runOnVolatileDisk() throws IOException {
        harness.close();
        VolatileDisk disk = new VolatileDisk(new Random(1));
        startOn(disk::open);
        harness.append("access.log", ("x".repeat(1_000) + "\n").repeat(3_000));
        harness.run();
        assertThat(harness.lines()).hasSize(3_000);
        return disk;
    }

    @Test
    void anAgentForcesItsCheckpointToTheDiskAlthoughNothingMoreIsCommitted() throws IOException {
        VolatileDisk disk = runOnVolatileDisk();
        harness.run();

        disk.failPower(harness.data);

        assertThat(disk.open(harness.data).read())
                .contains(harness.agent.checkpoint().written());
    }

    @Test
    void anAgentThatStopsForcesItsCheckpointMeanwhile() throws IOException {
        VolatileDisk disk = runOnVolatileDisk();
        harness.producer.holding = true;
        harness.pass(1_000);
        harness.agent.stepToStop(harness.now());

        disk.failPower(harness.data);

        assertThat(disk.open(harness.data).read())
                .contains(harness.agent.checkpoint().written());
        harness.producer.holding = false;
        harness.producer.answerAll();
    }

    @Test
    void aRunThatEndsByItselfWaitsForTheSchemasOfItsCounts() throws IOException {
        harness.stop();
        harness.append("access.log", "one\n");
        harness.registry.refused.add(AgentHarness.AUDIT + "-value");
        harness.start();
        harness.run();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isFalse();

        harness.registry.refused.clear();
        harness.pass(60_000);
        harness.run();

        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
        harness.stop();
        assertThat(harness.agent.leftOut(harness.steadyMs())).isEmpty();
    }

    @Test
    void aFileThatIsForgottenIsDeletedFromTheTopic() throws IOException {
        harness.append("access.log", "one\n");
        harness.run();
        Files.delete(harness.log("access.log"));
        harness.run();
        harness.pass(60_000);
        runOften();
        harness.pass(8L * 24 * 3_600_000);
        runOften();

        assertThat(harness.transactions.read(0).values().keySet()).noneMatch(key -> key.startsWith("file\n"));
    }

    @Test
    void recordsOfAnotherReleaseAreRefused() throws IOException {
        harness.crash(0);
        harness.transactions.committed.add(new ProducerRecord(
                FakeTransactions.TOPIC,
                OptionalInt.empty(),
                OptionalLong.empty(),
                (FakeTransactions.AGENT_ID + "\nfile\nabc").getBytes(StandardCharsets.UTF_8),
                "{\"shape\":1}".getBytes(StandardCharsets.UTF_8),
                List.of()));

        assertThatThrownBy(() -> harness.start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("key file abc: ")
                .hasMessageContaining("start that release");
        harness.transactions.committed.clear();
        harness.start();
    }
}
