package io.tailrace.systemtests;

import io.tailrace.systemtests.rotation.LogFleet;
import io.tailrace.systemtests.rotation.RowJudge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/** Kills and pauses the processes of a pipeline, and keeps a record of that. Not thread-safe. */
final class PromiseChaos {
    private static final int REST_MS_MAX = 4_000;
    private static final int AGENT_AWAY_MS_MAX = 4_000;
    private static final Duration ROWS_MAX = Duration.ofMinutes(3);
    private static final int COORDINATOR_SECONDS_MAX = 60;

    private final LocalCluster cluster;
    private final KafkaClients clients;
    private final Victims victims;
    private final PromisePlan plan;
    private final Random random;
    private final List<String> record = new ArrayList<>();
    private final Map<PromiseFault, Integer> counts = new EnumMap<>(PromiseFault.class);
    private final long startNs = System.nanoTime();

    /**
     * What is hit beside brokers.
     *
     * @param transactionalId the agent's, whose coordinator is hit
     * @param judge knows how many rows have arrived
     */
    record Victims(
            FollowingAgent agent,
            String transactionalId,
            KillableServer registry,
            KillableServer loader,
            LogFleet logs,
            RowJudge judge) {}

    PromiseChaos(LocalCluster cluster, Victims victims, PromisePlan plan, Random random) {
        this.cluster = cluster;
        this.clients = new KafkaClients(cluster::bootstrapServers);
        this.victims = victims;
        this.plan = plan;
        this.random = random;
    }

    /** Injects each fault of the plan once, in any order. */
    void round() throws Exception {
        List<PromiseFault> faults = new ArrayList<>(plan.faults());
        Collections.shuffle(faults, random);
        for (PromiseFault fault : faults) {
            inject(fault);
            victims.agent().requireRunning();
            victims.loader().requireRunning();
            victims.registry().requireRunning();
            victims.logs().requireAllWriting();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(REST_MS_MAX) / plan.haste());
        }
    }

    /** Injects a fault and undoes it. On return, what was hit may still be recovering. */
    private void inject(PromiseFault planned) throws Exception {
        long lastsMs = random.nextInt(planned.lastsMsMin(), planned.lastsMsMax()) / plan.haste();
        boolean killsAgent = planned.mayMeetKill() && random.nextInt(3) == 0;
        int number = random.nextInt(cluster.brokers().size());
        Optional<LocalBroker> coordinator = planned.hitsCoordinator() ? coordinator() : Optional.empty();
        PromiseFault fault = coordinator.isPresent() ? planned : planned.withoutCoordinator();
        note("%s for %d ms%s".formatted(fault, lastsMs, killsAgent ? ", the agent is killed" : ""));
        counts.merge(fault, 1, Integer::sum);
        switch (fault) {
            case AGENT_KILLED -> {
                awaitRows();
                killAgent(lastsMs);
            }
            case AGENT_PAUSED -> {
                victims.agent().pause();
                TimeUnit.MILLISECONDS.sleep(lastsMs);
                victims.agent().resume();
            }
            case COORDINATOR_KILLED, COORDINATOR_PAUSED ->
                hit(fault, List.of(coordinator.orElseThrow()), lastsMs, killsAgent);
            case BROKER_KILLED, BROKER_PAUSED ->
                hit(fault, List.of(cluster.brokers().get(number)), lastsMs, killsAgent);
            case BROKERS_KILLED -> hit(fault, cluster.brokers(), lastsMs, killsAgent);
            case REGISTRY_KILLED, REGISTRY_PAUSED -> hit(fault, victims.registry(), lastsMs, killsAgent);
            case LOADER_KILLED, LOADER_PAUSED -> hit(fault, victims.loader(), lastsMs, killsAgent);
        }
    }

    private void hit(PromiseFault fault, List<LocalBroker> brokers, long lastsMs, boolean killsAgent) throws Exception {
        for (LocalBroker broker : brokers) {
            if (fault.isPause()) {
                broker.process().pause();
            } else {
                broker.kill9();
            }
        }
        await(lastsMs, killsAgent);
        for (LocalBroker broker : brokers) {
            if (fault.isPause()) {
                broker.process().resume();
            } else {
                broker.start();
            }
        }
        brokers.forEach(LocalBroker::awaitReady);
    }

    private void hit(PromiseFault fault, KillableServer server, long lastsMs, boolean killsAgent) throws Exception {
        if (fault.isPause()) {
            server.process().pause();
        } else {
            server.process().kill9();
        }
        await(lastsMs, killsAgent);
        if (fault.isPause()) {
            server.process().resume();
        } else {
            server.start();
        }
    }

    /** Waits, and kills the agent meanwhile if it is to meet a kill. */
    private void await(long lastsMs, boolean killsAgent) throws Exception {
        long beforeMs = killsAgent ? random.nextLong(lastsMs + 1) : lastsMs;
        TimeUnit.MILLISECONDS.sleep(beforeMs);
        if (killsAgent) {
            counts.merge(PromiseFault.AGENT_KILLED, 1, Integer::sum);
            killAgent(random.nextInt(AGENT_AWAY_MS_MAX) / plan.haste());
            TimeUnit.MILLISECONDS.sleep(lastsMs - beforeMs);
        }
    }

    private void killAgent(long awayMs) throws Exception {
        victims.agent().kill9();
        if (!plan.transactions()) {
            victims.judge().agentKilled();
        }
        TimeUnit.MILLISECONDS.sleep(awayMs);
        victims.agent().start();
    }

    /** Waits until rows arrive, so that an agent which is killed then has some in flight. */
    private void awaitRows() {
        long rows = victims.judge().rows();
        Awaitility.await("another row")
                .atMost(ROWS_MAX)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> victims.judge().rows() > rows);
    }

    /** Empty if the agent has no transactions, or nobody answers. */
    private Optional<LocalBroker> coordinator() throws InterruptedException {
        try (Admin admin = clients.admin()) {
            String id = victims.transactionalId();
            int broker = admin.describeTransactions(List.of(id))
                    .description(id)
                    .get(COORDINATOR_SECONDS_MAX, TimeUnit.SECONDS)
                    .coordinatorId();
            note("broker %d coordinates %s".formatted(broker, id));
            return Optional.of(cluster.broker(broker));
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            note("no coordinator is known: " + e);
            return Optional.empty();
        }
    }

    /** Records an event with the current time. */
    void note(String what) {
        String line = "%8.2f s  %s".formatted((System.nanoTime() - startNs) / 1e9, what);
        record.add(line);
        System.out.println(line);
    }

    /** The events so far. */
    List<String> record() {
        return List.copyOf(record);
    }

    /** How often faults were injected. */
    int count(PromiseFault... faults) {
        int sum = 0;
        for (PromiseFault fault : faults) {
            sum += counts.getOrDefault(fault, 0);
        }
        return sum;
    }
}
