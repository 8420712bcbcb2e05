package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.systemtests.rotation.LogFleet;
import io.tailrace.systemtests.rotation.RowReader;
import io.tailrace.systemtests.rotation.Verdict;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * An agent follows logs that are rotated in every usual way, while it, its brokers and its disk fail. First there is everything but
 * {@code kill -9} of the agent: until then, no line may be there twice. Nor may any later, if the agent has transactions from then on.
 */
final class RotationRun {
    private static final int DISK_MEGABYTES = 64;

    private final LocalCluster cluster;
    private final RotationPlan plan;
    private final Random random;
    private final RotatedLogs logs;

    /** What happened, and the verdict on it. */
    record Outcome(RotationChaos chaos, Verdict verdict) {}

    /**
     * A run that has not begun.
     *
     * @param cluster three brokers with {@link RotatedLogs#BROKERS}
     * @param name of its topics and its folder
     */
    RotationRun(LocalCluster cluster, RotationPlan plan, String name) throws IOException {
        this.cluster = cluster;
        this.plan = plan;
        random = new Random(plan.seed());
        logs = new RotatedLogs(cluster, name);
    }

    /** Runs all of it. Fails if the agent or a program ends by itself, or if a line is lost; the verdict says what was doubled. */
    Outcome run() throws Exception {
        logs.createTopics();
        try (KillableServer registry = logs.registry();
                ClusterWatch watch = new ClusterWatch(
                        cluster, List.of(logs.topics().lines(), logs.topics().deadLetters()))) {
            registry.start();
            watch.awaitWhole();
            String registryUrl = "http://127.0.0.1:" + registry.awaitPort();
            Path data = Files.createDirectories(logs.folder().resolve("data"));
            if (!SmallDisk.isPermitted()) {
                return run(registryUrl, watch, Optional.empty());
            }
            try (SmallDisk disk = SmallDisk.over(data, DISK_MEGABYTES)) {
                try {
                    return run(registryUrl, watch, Optional.of(disk));
                } finally {
                    keepCheckpoint(data);
                }
            }
        }
    }

    /** For those who look into a failure: the disk will be gone. */
    private void keepCheckpoint(Path data) throws IOException {
        Path kept = LocalCluster.emptyFolder(logs.folder().resolve("checkpoint"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(data, "{checkpoint,positions}.*")) {
            for (Path file : files) {
                Files.copy(file, kept.resolve(file.getFileName()));
            }
        }
    }

    private Outcome run(String registryUrl, ClusterWatch watch, Optional<SmallDisk> disk) throws Exception {
        List<TopicPartition> partitions = logs.topics().all().stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        try (RowReader reader = logs.read(registryUrl);
                LogFleet programs = logs.write(plan.scale(), random);
                FollowingAgent agent = logs.agent(registryUrl)) {
            RotationChaos chaos = new RotationChaos(
                    cluster,
                    watch,
                    partitions,
                    new RotationChaos.Victims(
                            agent, logs.source("added", List.of(programs.addedPath())), disk, programs, logs.judge()));
            logs.source("first", programs.paths()).forEach(agent::set);
            agent.start();
            try {
                return run(chaos, reader, programs, agent);
            } catch (Throwable e) {
                throw logs.failure(plan.seed(), chaos.record(), e);
            }
        }
    }

    private Outcome run(RotationChaos chaos, RowReader reader, LogFleet programs, FollowingAgent agent)
            throws Exception {
        logs.awaitFirstRow(agent);
        long startNs = System.nanoTime();
        do {
            chaos.run(RotationStep.drawAll(plan.faults(), false, random, plan), reader);
        } while (System.nanoTime() - startNs < plan.load().toNanos() / 2);
        programs.pause();
        awaitReceived(chaos, reader);
        assertThat(logs.judge().doubled())
                .as("rows of lines that have another row, before the first kill")
                .isZero();
        programs.resume();
        if (plan.transactions()) {
            chaos.beginTransactions();
        }
        do {
            chaos.run(RotationStep.drawAll(plan.laterFaults(), true, random, plan), reader);
        } while (System.nanoTime() - startNs < plan.load().toNanos());
        programs.close();
        awaitReceived(chaos, reader);
        agent.stop();
        logs.awaitAllRows(reader);
        Verdict verdict = logs.judge().verdict();
        chaos.note(verdict.toString());
        return new Outcome(chaos, verdict);
    }

    private void awaitReceived(RotationChaos chaos, RowReader reader) throws Exception {
        chaos.note(logs.arrivals());
        logs.awaitReceived(reader);
        chaos.note(logs.arrivals());
    }
}
