package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.SimulatedBroker.Entry;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.ControllerRules;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.StateWrite;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.replication.cluster.TopicPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Three brokers with one partition, a store and a network, in one thread and virtual time. Messages are delayed, reordered
 * and lost; brokers are killed, stopped, lose what they wrote last, and lose their sessions. Every choice comes from the
 * seed.
 *
 * <p>Checked after every step, its end always and all of it now and then: what lies below any leader's high watermark is the same for ever, and whoever leads in the
 * newest epoch has it.
 */
final class SimulatedCluster {
    private static final int LAG_MS_MAX = 2_000;

    private final Random random;
    private final int minInsync;
    private final PartitionRules rules = new PartitionRules(LAG_MS_MAX);
    private final PartitionAssignment assignment = PartitionAssignment.of(List.of(1, 2, 3));
    private final List<SimulatedBroker> brokers =
            List.of(new SimulatedBroker(1), new SimulatedBroker(2), new SimulatedBroker(3));
    private final TreeMap<Integer, Broker> registered = new TreeMap<>();
    private @Nullable PartitionState stored;
    /** Under way, to be delivered in any order: what a broker hears from the store and its session is never lost. */
    private final List<Message> messages = new ArrayList<>();

    private record Message(boolean mayBeLost, Runnable delivery) {}

    private final List<Long> committed = new ArrayList<>();
    private long nowMs;
    private long lastBrokerEpoch;
    private long lastId;

    SimulatedCluster(long seed) {
        random = new Random(seed);
        minInsync = 1 + random.nextInt(2);
        for (SimulatedBroker broker : brokers) {
            start(broker, false);
        }
    }

    int committedRecords() {
        return committed.size();
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            nowMs += random.nextInt(200);
            if (random.nextInt(12) == 0) {
                fault(any());
            } else {
                work(any());
            }
            check();
        }
    }

    /** Nothing fails any more; after a while everything must be whole. */
    void heal() {
        for (int i = 0; i < 120; i++) {
            nowMs += 50;
            for (SimulatedBroker broker : brokers) {
                if (broker.replica == null) {
                    start(broker, random.nextBoolean());
                }
                tellNews(broker);
                fetch(broker);
                step(broker, new Event.Tick());
            }
            while (!messages.isEmpty()) {
                messages.remove(0).delivery().run();
            }
            control();
            produce(any());
            check();
        }
        PartitionState state = stored;
        if (state == null || state.isr().size() != 3) {
            throw new AssertionError("not whole after everything healed: " + state);
        }
    }

    private void work(SimulatedBroker broker) {
        switch (random.nextInt(8)) {
            case 0, 1 -> tellNews(broker);
            case 2 -> control();
            case 3, 4 -> fetch(broker);
            case 5 -> step(broker, new Event.Tick());
            case 6 -> produce(broker);
            default -> {}
        }
        for (int i = random.nextInt(3); i > 0 && !messages.isEmpty(); i--) {
            messages.remove(random.nextInt(messages.size())).delivery().run();
        }
    }

    private void fault(SimulatedBroker broker) {
        if (broker.replica == null) {
            start(broker, false);
            return;
        }
        switch (random.nextInt(5)) {
            case 0 -> kill(broker);
            case 1 -> {
                if (whole()) {
                    kill(broker);
                    broker.loseEntriesFrom(random.nextInt(broker.entries.size() + 1));
                }
            }
            case 2 -> {
                kill(broker);
                start(broker, true);
            }
            case 3 -> expireSession(broker);
            default -> {
                int lost = messages.isEmpty() ? 0 : random.nextInt(messages.size());
                if (!messages.isEmpty() && messages.get(lost).mayBeLost()) {
                    messages.remove(lost);
                }
            }
        }
    }

    /** All three are in sync as they are now, so that one may lose what it has. */
    private boolean whole() {
        PartitionState state = stored;
        return state != null
                && registered.values().stream()
                                .filter(b -> state.isr().contains(b.incarnation()))
                                .count()
                        == 3;
    }

    private void start(SimulatedBroker broker, boolean nothingLost) {
        long previous = nothingLost ? broker.epoch : Broker.NONE;
        broker.startProcess(minInsync);
        register(broker, previous);
    }

    private void register(SimulatedBroker broker, long previousEpoch) {
        broker.epoch = ++lastBrokerEpoch;
        registered.put(broker.id, Scenario.broker(broker.id, broker.epoch, previousEpoch, false));
        step(broker, new Event.Registered(broker.epoch));
    }

    private void kill(SimulatedBroker broker) {
        broker.checkpointedHighWatermark =
                random.nextInt((int) require(broker).log().highWatermark() + 1);
        broker.stopProcess();
        registered.remove(broker.id);
    }

    /** The session ends; the broker may hear of it much later, and until then believes what it believed. */
    private void expireSession(SimulatedBroker broker) {
        registered.remove(broker.id);
        long lost = broker.epoch;
        send(broker, () -> {
            if (broker.epoch == lost) {
                step(broker, new Event.SessionLost());
                register(broker, lost);
            }
        });
    }

    private void tellNews(SimulatedBroker broker) {
        step(broker, new Event.BrokersChanged(Map.copyOf(registered)));
        PartitionState state = stored;
        if (state != null) {
            send(broker, () -> step(broker, new Event.StateRead(assignment, state)));
        }
    }

    private void control() {
        TopicImage topic =
                new TopicImage("web", new UUID(0, 1), List.of(new PartitionImage(assignment, stored)), Map.of());
        ClusterImage image = new ClusterImage("c", registered, new TreeMap<>(Map.of("web", topic)), Set.of(), 1);
        ControllerRules controller = new ControllerRules(1, t -> new TopicPolicy(minInsync, false));
        for (StateWrite write : controller.decide(image)) {
            stored = write.next().withVersion(write.next().version() + 1);
        }
    }

    private void produce(SimulatedBroker broker) {
        if (broker.replica instanceof Leader leader && leader.appendable(true) == ErrorCode.NONE) {
            broker.entries.add(new Entry(leader.leaderEpoch(), ++lastId));
            step(broker, new Event.Appended(leader.leaderEpoch(), broker.entries.size()));
        }
    }

    private void fetch(SimulatedBroker follower) {
        if (!(follower.replica instanceof Follower replica) || follower.fetchesFrom == 0) {
            return;
        }
        SimulatedBroker leader = brokers.get(follower.fetchesFrom - 1);
        long offset = replica.log().endOffset();
        FollowerFetch fetch = new FollowerFetch(
                new Incarnation(follower.id, follower.epoch),
                replica.leaderEpoch(),
                offset,
                replica.log().epochs().latest(),
                0);
        sendOverNetwork(leader, () -> {
            if (leader.replica instanceof Leader leading) {
                FetchVerdict verdict = leading.followerFetch(fetch);
                step(leader, new Event.Fetched(fetch));
                answer(follower, leader, fetch, verdict);
            }
        });
    }

    private void answer(SimulatedBroker follower, SimulatedBroker leader, FollowerFetch fetch, FetchVerdict verdict) {
        int from = (int) fetch.fetchOffset();
        long highWatermark = require(leader).log().highWatermark();
        if (verdict instanceof FetchVerdict.Diverging diverging) {
            sendOverNetwork(follower, () -> {
                if (expects(follower, fetch)) {
                    step(follower, new Event.Diverged(fetch.currentLeaderEpoch(), diverging.end()));
                }
            });
        } else if (verdict instanceof FetchVerdict.Read) {
            List<Entry> fetched = List.copyOf(leader.entries.subList(from, leader.entries.size()));
            sendOverNetwork(follower, () -> {
                if (expects(follower, fetch)) {
                    var starts = follower.append(fetched);
                    step(
                            follower,
                            new Event.Replicated(
                                    fetch.currentLeaderEpoch(), starts, follower.entries.size(), highWatermark));
                }
            });
        }
    }

    private static boolean expects(SimulatedBroker broker, FollowerFetch fetch) {
        return broker.replica instanceof Follower follower
                && follower.follows(fetch.currentLeaderEpoch())
                && follower.log().endOffset() == fetch.fetchOffset();
    }

    private void step(SimulatedBroker broker, Event event) {
        if (broker.replica == null) {
            return;
        }
        Transition transition = rules.step(broker.replica, event, nowMs);
        broker.replica = transition.state();
        transition.effects().forEach(effect -> perform(broker, effect));
        if (broker.replica.log().endOffset() != broker.entries.size()) {
            throw new AssertionError("rules believe the log of " + broker.id + " ends at "
                    + broker.replica.log().endOffset() + ", it ends at " + broker.entries.size());
        }
    }

    private void perform(SimulatedBroker broker, Effect effect) {
        if (effect instanceof Effect.ProposeIsr propose) {
            send(broker, () -> decide(broker, propose.next()));
        } else if (effect instanceof Effect.ReadBack) {
            send(broker, () -> {
                PartitionState found = stored;
                if (found != null) {
                    send(broker, () -> step(broker, new Event.StateReadBack(found)));
                }
            });
        } else if (effect instanceof Effect.TruncateTo truncate) {
            broker.entries
                    .subList((int) truncate.offset(), broker.entries.size())
                    .clear();
        } else if (effect instanceof Effect.StartFetching start) {
            broker.fetchesFrom = start.leader();
        } else if (effect instanceof Effect.StopFetching || effect instanceof Effect.LeadershipStarted) {
            broker.fetchesFrom = 0;
        }
    }

    /** The store decides on a proposal; it may be lost on the way there, or its answer on the way back. */
    private void decide(SimulatedBroker broker, PartitionState proposed) {
        Event answer = new Event.ProposalUnknown(proposed.version());
        if (random.nextInt(5) != 0) {
            PartitionState before = stored;
            if (before != null && before.version() == proposed.version()) {
                stored = proposed.withVersion(proposed.version() + 1);
                answer = new Event.ProposalWritten(proposed.withVersion(proposed.version() + 1));
            } else {
                answer = new Event.ProposalRefused(proposed.version());
            }
        }
        Event heard = random.nextInt(5) == 0 ? new Event.ProposalUnknown(proposed.version()) : answer;
        send(broker, () -> step(broker, heard));
    }

    private void send(SimulatedBroker to, Runnable message) {
        enqueue(to, false, message);
    }

    private void sendOverNetwork(SimulatedBroker to, Runnable message) {
        enqueue(to, true, message);
    }

    private void enqueue(SimulatedBroker to, boolean mayBeLost, Runnable message) {
        int life = to.life;
        messages.add(new Message(mayBeLost, () -> {
            if (to.life == life) {
                message.run();
            }
        }));
    }

    private void check() {
        for (SimulatedBroker broker : brokers) {
            if (!(broker.replica instanceof Leader leader)) {
                continue;
            }
            int unchecked = random.nextInt(16) == 0 ? 0 : Math.max(0, committed.size() - 8);
            for (int offset = unchecked; offset < leader.log().highWatermark(); offset++) {
                long id = broker.entries.get(offset).id();
                if (offset == committed.size()) {
                    committed.add(id);
                } else if (committed.get(offset) != id) {
                    throw new AssertionError("offset " + offset + " was " + committed.get(offset) + ", is " + id
                            + " on leader " + broker.id + " in epoch " + leader.leaderEpoch());
                }
            }
            boolean newest = stored != null && leader.leaderEpoch() == stored.leaderEpoch();
            if (newest && broker.entries.size() < committed.size()) {
                throw new AssertionError("leader " + broker.id + " in epoch " + leader.leaderEpoch() + " ends at "
                        + broker.entries.size() + ", " + committed.size() + " are acknowledged");
            }
        }
    }

    private SimulatedBroker any() {
        return brokers.get(random.nextInt(brokers.size()));
    }

    private static Replica require(SimulatedBroker broker) {
        if (broker.replica == null) {
            throw new IllegalStateException("broker " + broker.id + " is down");
        }
        return broker.replica;
    }
}
