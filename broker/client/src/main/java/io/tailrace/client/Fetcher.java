package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads ahead, with one fetch at a time for each broker. A partition is fetched from its leader, or from the follower that the
 * leader named, while it buffers less than {@code max.partition.fetch.bytes}. So it holds at most twice that, unless a single
 * batch is larger.
 *
 * <p>For one thread: {@link #step} does all that can be done now and returns when to call it again.
 */
final class Fetcher {
    /** How long a broker may hold a fetch that skips a partition with a full buffer. */
    private static final int SHORT_WAIT_MS = 10;

    private final ConsumerConfig config;
    private final Network network;
    private final CompletionQueue completions;
    private final Metadata metadata;
    private final Assignment assignment;
    private final Positions positions;
    private final Time time;
    private final Backoff backoff;
    private final Set<InetSocketAddress> fetching = new HashSet<>();
    private final Map<InetSocketAddress, IncrementalFetch> sessions = new HashMap<>();
    private final PreferredReplicas preferred;
    private int rotation;

    Fetcher(
            ConsumerConfig config,
            Network network,
            CompletionQueue completions,
            Metadata metadata,
            Assignment assignment,
            Positions positions,
            Time time,
            Backoff backoff) {
        this.config = config;
        this.network = network;
        this.completions = completions;
        this.metadata = metadata;
        this.assignment = assignment;
        this.positions = positions;
        this.time = time;
        this.backoff = backoff;
        this.preferred = new PreferredReplicas(config.client().metadataMaxAgeMs());
    }

    /** A fetch being built: partitions of one broker, and the generation of each. */
    private static final class Outgoing {
        private final Map<TopicPartition, FetchRequest.Partition> wanted = new LinkedHashMap<>();
        private final Map<TopicPartition, Integer> generations = new HashMap<>();
        private boolean leavesOut;
    }

    /** Handles responses and sends fetches. Returns the time by which to call again. */
    long step(long nowMs) {
        completions.drain();
        long nextMs = metadata.poll(nowMs);
        Map<InetSocketAddress, Outgoing> requests = new LinkedHashMap<>();
        synchronized (assignment) {
            positions.lookUp(nowMs);
            List<AssignedPartition> states = new ArrayList<>(assignment.states());
            Collections.rotate(states, states.isEmpty() ? 0 : -(rotation++ % states.size()));
            for (AssignedPartition state : states) {
                collect(state, requests, nowMs);
                nextMs = Math.min(nextMs, state.retryAtMs() > nowMs ? state.retryAtMs() : Long.MAX_VALUE);
            }
            requests.values().forEach(this::markRequested);
        }
        requests.forEach(this::send);
        return nextMs;
    }

    private void collect(AssignedPartition state, Map<InetSocketAddress, Outgoing> requests, long nowMs) {
        if (!state.hasPosition() || state.isPaused() || !state.mayRequest(nowMs)) {
            return;
        }
        MetadataSnapshot.Leader leader = metadata.snapshot().leader(state.topicPartition());
        if (leader == null || leader.address() == null) {
            metadata.requestRefresh();
            return;
        }
        InetSocketAddress follower = preferred.address(state.topicPartition(), metadata.snapshot(), nowMs);
        InetSocketAddress broker = follower == null ? leader.address() : follower;
        if (fetching.contains(broker)) {
            return;
        }
        Outgoing request = requests.computeIfAbsent(broker, address -> new Outgoing());
        if (state.bufferedBytes() >= config.partitionFetchBytesMax()) {
            request.leavesOut = true;
            return;
        }
        TopicPartition partition = state.topicPartition();
        request.generations.put(partition, state.generation());
        request.wanted.put(
                partition,
                new FetchRequest.Partition(
                        partition.partition(),
                        leader.epoch(),
                        state.fetchOffset(),
                        -1,
                        -1,
                        config.partitionFetchBytesMax()));
    }

    private void markRequested(Outgoing request) {
        request.generations
                .keySet()
                .forEach(partition -> assignment.assigned(partition).requested());
    }

    private void send(InetSocketAddress broker, Outgoing outgoing) {
        if (outgoing.wanted.isEmpty()) {
            return;
        }
        int waitMs = outgoing.leavesOut ? Math.min(SHORT_WAIT_MS, config.fetchWaitMsMax()) : config.fetchWaitMsMax();
        fetching.add(broker);
        IncrementalFetch session = sessions.computeIfAbsent(broker, address -> new IncrementalFetch());
        boolean namesAll = !session.isOpen();
        session.askOnly(outgoing.wanted);
        FetchRequest request =
                session.next(new FetchRequest(-1, waitMs, config.fetchBytesMin(), config.fetchBytesMax(), List.of())
                        .isolated(config.isolation().wire())
                        .inRack(config.membership().rack().orElse("")));
        completions.whenComplete(
                network.send(broker, request, config.client().requestTimeoutMs()), (answer, failure) -> {
                    if (answer == null) {
                        session.reset();
                    } else {
                        session.answered(answer);
                    }
                    answered(broker, new InFlight(outgoing.generations, namesAll), answer, failure);
                });
    }

    /**
     * A fetch that is not answered yet.
     *
     * @param generations its partitions, whether the fetch names them or not, with their generations
     * @param namesAll whether the answer must have all of them
     */
    private record InFlight(Map<TopicPartition, Integer> generations, boolean namesAll) {}

    private void answered(
            InetSocketAddress broker, InFlight fetch, @Nullable FetchResponse answer, @Nullable Throwable failure) {
        fetching.remove(broker);
        long nowMs = time.elapsedMs();
        ErrorCode error = answer == null ? ErrorCode.NETWORK_EXCEPTION : answer.errorCode();
        if (failure != null) {
            error = Retry.errorOf(failure);
        }
        boolean sessionClosed = IncrementalFetch.isSessionError(error);
        ClientException fatal = error == ErrorCode.NONE || sessionClosed || error.retriable()
                ? null
                : new ClientException(error, "fetch from " + broker + ": " + error);
        synchronized (assignment) {
            if (answer != null && error == ErrorCode.NONE) {
                take(answer, fetch.generations(), nowMs);
            }
            boolean nothingNew = sessionClosed || (error == ErrorCode.NONE && !fetch.namesAll());
            fetch.generations().forEach((partition, generation) -> {
                AssignedPartition state = assignment.state(partition);
                if (state == null || state.generation() != generation) {
                    return;
                }
                if (nothingNew) {
                    state.answered();
                    return;
                }
                preferred.returnToLeader(partition);
                metadata.requestRefresh();
                state.failed(nowMs, backoff);
                if (fatal != null) {
                    state.failWith(fatal);
                }
            });
            assignment.notifyAll();
        }
    }

    /** Takes the partitions of a response, and removes them from {@code generations}. */
    private void take(FetchResponse answer, Map<TopicPartition, Integer> generations, long nowMs) {
        for (FetchResponse.Topic topic : answer.topics()) {
            for (FetchResponse.Partition read : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.topic(), read.partitionIndex());
                Integer generation = generations.remove(partition);
                AssignedPartition state = assignment.state(partition);
                if (generation != null && state != null && state.generation() == generation) {
                    take(state, read, nowMs);
                }
            }
        }
    }

    private void take(AssignedPartition state, FetchResponse.Partition read, long nowMs) {
        ErrorCode error = read.errorCode();
        if (error == ErrorCode.NONE) {
            state.answered();
            RecordsPayload records = read.records();
            if (records != null) {
                state.buffer(records.buffer(), AbortedTransactions.of(read.abortedTransactions()));
            }
            if (read.preferredReadReplica() != FetchResponse.Partition.NO_PREFERENCE) {
                prefer(state, read.preferredReadReplica(), nowMs);
            }
        } else if (preferred.returnToLeader(state.topicPartition())) {
            metadata.requestRefresh();
            state.failed(nowMs, backoff);
        } else if (error == ErrorCode.OFFSET_OUT_OF_RANGE) {
            state.answered();
            outOfRange(state, nowMs);
        } else if (error.retriable()) {
            if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                metadata.forgetLeader(state.topicPartition());
            }
            metadata.requestRefresh();
            state.failed(nowMs, backoff);
        } else {
            state.failWith(new ClientException(error, state.topicPartition() + ": " + error));
        }
    }

    private void prefer(AssignedPartition state, int follower, long nowMs) {
        if (metadata.snapshot().brokers().containsKey(follower)) {
            preferred.prefer(state.topicPartition(), follower, nowMs);
        } else {
            metadata.requestRefresh();
            state.failed(nowMs, backoff);
        }
    }

    /** Buffered records are polled first: the position itself may be in the log. The topic may have been created again. */
    private void outOfRange(AssignedPartition state, long nowMs) {
        metadata.requestRefresh();
        if (state.fetchOffset() == state.position()) {
            positions.outOfRange(state);
        } else {
            state.failed(nowMs, backoff);
        }
    }
}
