package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a {@link ClusterView} of the topics that a client uses, by asking one broker after the other.
 *
 * <p>{@link #poll}, {@link #viewAskedMs} and the answers are the owner thread's, the rest is anybody's.
 */
final class Metadata {
    private final ClientConfig config;
    private final Network network;
    private final Mailbox mailbox;
    private final Time time;
    private final Backoff backoff;
    private final boolean createTopics;
    private final Set<String> topics = new ConcurrentSkipListSet<>();

    private volatile ClusterView view = ClusterView.EMPTY;
    private volatile boolean refreshRequested = true;

    private boolean asking;
    private int failures;
    private final AtomicInteger brokerTurn = new AtomicInteger();
    private long notBeforeMs;
    private long askedMs;
    private long viewAskedMs;
    private volatile @Nullable ClientException lastFailure;

    /**
     * Creates an empty view, to be refreshed with the first poll.
     *
     * @param createTopics whether a topic that does not exist may be created by the broker
     */
    Metadata(ClientConfig config, Network network, Mailbox mailbox, Time time, Backoff backoff, boolean createTopics) {
        this.config = config;
        this.network = network;
        this.mailbox = mailbox;
        this.time = time;
        this.backoff = backoff;
        this.createTopics = createTopics;
        this.notBeforeMs = time.elapsedMs();
        this.askedMs = notBeforeMs;
        this.viewAskedMs = notBeforeMs;
    }

    ClusterView view() {
        return view;
    }

    /** When the view was asked for: what has changed since may not be in it. */
    long viewAskedMs() {
        return viewAskedMs;
    }

    /** Takes a topic into the view, for good. */
    void add(String topic) {
        if (topics.add(topic)) {
            requestRefresh();
        }
    }

    /** Asks for a new view as soon as the pause after the last one allows. */
    void requestRefresh() {
        if (!refreshRequested) {
            refreshRequested = true;
            mailbox.wake();
        }
    }

    /** A broker to ask what any broker can answer; another one after each failure. */
    InetSocketAddress anyBroker() {
        Set<InetSocketAddress> known = new LinkedHashSet<>(view.brokers().values());
        known.addAll(config.bootstrapServers());
        return new ArrayList<>(known).get(Math.floorMod(brokerTurn.get(), known.size()));
    }

    /** Makes {@link #anyBroker} choose another. */
    void avoidBroker() {
        brokerTurn.incrementAndGet();
    }

    /** Asks if it is time to. Returns when to be called again at the latest. */
    long poll(long nowMs) {
        if (asking) {
            return nowMs + config.requestTimeoutMs();
        }
        boolean due = refreshRequested || nowMs - askedMs >= config.metadataMaxAgeMs();
        if (!due) {
            return askedMs + config.metadataMaxAgeMs();
        }
        if (nowMs < notBeforeMs) {
            return notBeforeMs;
        }
        asking = true;
        refreshRequested = false;
        askedMs = nowMs;
        List<MetadataRequest.Topic> names =
                topics.stream().map(MetadataRequest.Topic::new).toList();
        MetadataRequest request = new MetadataRequest(names, createTopics, false, false);
        mailbox.onOutcome(network.send(anyBroker(), request, config.requestTimeoutMs()), this::answered);
        return nowMs + config.requestTimeoutMs();
    }

    private void answered(@Nullable MetadataResponse answer, @Nullable Throwable failure) {
        asking = false;
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
        viewAskedMs = askedMs;
        synchronized (this) {
            view = view.updated(answer);
            notifyAll();
        }
        if (topics.stream().allMatch(topic -> view.isComplete(topic) || isHopeless(topic))) {
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

    private boolean isHopeless(String topic) {
        ClusterView.Topic known = view.topics().get(topic);
        return known != null
                && known.error() != ErrorCode.NONE
                && !known.error().retriable();
    }

    /**
     * Waits until a topic's partitions are known.
     *
     * @throws ClientException when the broker refuses the topic, or the deadline passes
     */
    int awaitTopic(String topic, long deadlineMs) throws InterruptedException {
        int count = view.partitionCount(topic);
        if (count > 0) {
            return count;
        }
        add(topic);
        requestRefresh();
        synchronized (this) {
            while (true) {
                ClusterView.Topic known = view.topics().get(topic);
                if (known != null && !known.partitions().isEmpty()) {
                    return known.partitions().size();
                }
                if (isHopeless(topic)) {
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

    private ClientException timedOut(String topic, ClusterView.@Nullable Topic known) {
        ClientException failure = lastFailure;
        String problem = "no partitions of topic " + topic + " within max.block.ms";
        if (failure != null) {
            return new ClientException(failure.errorCode(), problem + "; " + failure.getMessage(), failure);
        }
        return known != null && known.error() != ErrorCode.NONE
                ? new ClientException(known.error(), problem + "; broker says " + known.error())
                : new ClientException(ErrorCode.REQUEST_TIMED_OUT, problem);
    }
}
