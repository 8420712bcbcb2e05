package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a current {@link MetadataSnapshot} of the topics that a client uses.
 *
 * <p>{@link #poll}, {@link #snapshotRequestedMs} and responses belong to the owner's thread; all else is thread-safe.
 */
final class Metadata {
    private final ClientConfig config;
    private final Network network;
    private final CompletionQueue completions;
    private final Time time;
    private final Backoff backoff;
    private final boolean createTopics;
    private final Set<String> topics = new ConcurrentSkipListSet<>();

    private volatile MetadataSnapshot snapshot = MetadataSnapshot.EMPTY;
    private volatile boolean refreshRequested = true;

    private boolean requestInFlight;
    private int failures;
    private final AtomicInteger brokerTurn = new AtomicInteger();
    private long notBeforeMs;
    private long requestedMs;
    private long snapshotRequestedMs;
    private volatile @Nullable ClientException lastFailure;

    /**
     * Starts with an empty snapshot, which the first poll refreshes.
     *
     * @param createTopics whether the broker may create a topic that does not exist
     */
    Metadata(
            ClientConfig config,
            Network network,
            CompletionQueue completions,
            Time time,
            Backoff backoff,
            boolean createTopics) {
        this.config = config;
        this.network = network;
        this.completions = completions;
        this.time = time;
        this.backoff = backoff;
        this.createTopics = createTopics;
        this.notBeforeMs = time.elapsedMs();
        this.requestedMs = notBeforeMs;
        this.snapshotRequestedMs = notBeforeMs;
    }

    MetadataSnapshot snapshot() {
        return snapshot;
    }

    /** When the snapshot was requested. Later changes may be missing from it. */
    long snapshotRequestedMs() {
        return snapshotRequestedMs;
    }

    /** Adds a topic to all further snapshots. */
    void add(String topic) {
        if (topics.add(topic)) {
            requestRefresh();
        }
    }

    /** Makes these the topics of all further snapshots; others are dropped. */
    void setTopics(Set<String> used) {
        topics.retainAll(used);
        used.forEach(this::add);
    }

    /** The leader does not know the partition: no leader is used until a new snapshot has named one and the topic's id. */
    void forgetLeader(TopicPartition partition) {
        synchronized (this) {
            snapshot = snapshot.withoutLeader(partition);
        }
        requestRefresh();
    }

    /** Requests a new snapshot, as soon as the pause after the last one allows. */
    void requestRefresh() {
        if (!refreshRequested) {
            refreshRequested = true;
            completions.wake();
        }
    }

    /** A broker for requests that any broker can answer; another one after each failure. */
    InetSocketAddress anyBroker() {
        Set<InetSocketAddress> known = new LinkedHashSet<>(snapshot.brokers().values());
        known.addAll(config.bootstrapServers());
        return new ArrayList<>(known).get(Math.floorMod(brokerTurn.get(), known.size()));
    }

    /** Makes {@link #anyBroker} choose another one. */
    void avoidBroker() {
        brokerTurn.incrementAndGet();
    }

    /** Sends a request if one is due. Returns the time by which to call again. */
    long poll(long nowMs) {
        if (requestInFlight) {
            return nowMs + config.requestTimeoutMs();
        }
        boolean due = refreshRequested || nowMs - requestedMs >= config.metadataMaxAgeMs();
        if (!due) {
            return requestedMs + config.metadataMaxAgeMs();
        }
        if (nowMs < notBeforeMs) {
            return notBeforeMs;
        }
        requestInFlight = true;
        refreshRequested = false;
        requestedMs = nowMs;
        List<MetadataRequest.Topic> names =
                topics.stream().map(MetadataRequest.Topic::new).toList();
        MetadataRequest request = new MetadataRequest(names, createTopics, false, false);
        completions.whenComplete(network.send(anyBroker(), request, config.requestTimeoutMs()), this::answered);
        return nowMs + config.requestTimeoutMs();
    }

    private void answered(@Nullable MetadataResponse answer, @Nullable Throwable failure) {
        requestInFlight = false;
        long nowMs = time.elapsedMs();
        if (answer == null) {
            avoidBroker();
            tryAgain(nowMs);
            lastFailure = failure instanceof ClientException e
                    ? e
                    : new ClientException(ErrorCode.UNKNOWN_SERVER_ERROR, "metadata: " + failure);
            return;
        }
        lastFailure = null;
        snapshotRequestedMs = requestedMs;
        synchronized (this) {
            snapshot = snapshot.updated(answer).retaining(topics);
            notifyAll();
        }
        if (topics.stream().allMatch(topic -> snapshot.isComplete(topic) || hasFatalError(topic))) {
            failures = 0;
            notBeforeMs = nowMs + backoff.pauseMs(1);
        } else {
            tryAgain(nowMs);
        }
    }

    private void tryAgain(long nowMs) {
        failures++;
        notBeforeMs = nowMs + backoff.pauseMs(failures);
        refreshRequested = true;
    }

    private boolean hasFatalError(String topic) {
        MetadataSnapshot.Topic known = snapshot.topics().get(topic);
        return known != null
                && known.error() != ErrorCode.NONE
                && !known.error().retriable();
    }

    /**
     * Waits until a topic's partitions are known.
     *
     * @throws ClientException if the broker refuses the topic or the deadline passes
     */
    int awaitTopic(String topic, long deadlineMs) throws InterruptedException {
        int count = snapshot.partitionCount(topic);
        if (count > 0) {
            return count;
        }
        add(topic);
        requestRefresh();
        synchronized (this) {
            while (true) {
                MetadataSnapshot.Topic known = snapshot.topics().get(topic);
                if (known != null && !known.partitions().isEmpty()) {
                    return known.partitions().size();
                }
                if (hasFatalError(topic)) {
                    ErrorCode error = known == null ? ErrorCode.UNKNOWN_SERVER_ERROR : known.error();
                    throw new ClientException(error, "topic " + topic + ": " + error);
                }
                long leftMs = deadlineMs - time.elapsedMs();
                if (leftMs <= 0) {
                    throw timedOut(topic, known);
                }
                wait(leftMs);
            }
        }
    }

    private ClientException timedOut(String topic, MetadataSnapshot.@Nullable Topic known) {
        ClientException failure = lastFailure;
        if (failure != null) {
            return new ClientException(
                    failure.errorCode(), "topic " + topic + ": no broker answers; " + failure.getMessage(), failure);
        }
        if (known != null && known.error() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            return new ClientException(known.error(), "no broker knows topic " + topic + ": create it");
        }
        return known != null && known.error() != ErrorCode.NONE
                ? new ClientException(known.error(), "topic " + topic + ": the broker answered " + known.error())
                : new ClientException(
                        ErrorCode.REQUEST_TIMED_OUT, "topic " + topic + ": no broker has answered yet (max.block.ms)");
    }

    /** Why the last request was not answered; empty if it was. Thread-safe. */
    Optional<ClientException> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
