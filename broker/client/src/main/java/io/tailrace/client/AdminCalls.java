package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How an admin client asks: any broker, a certain one or the controller, and again while that may help. Thread-safe. */
final class AdminCalls {
    private final ClientConfig config;
    private final Network network;
    private final Retry retry;
    private final AtomicInteger brokerTurn = new AtomicInteger();

    AdminCalls(ClientConfig config, Network network, Time time) {
        this.config = config;
        this.network = network;
        Backoff backoff = new Backoff(config, () -> ThreadLocalRandom.current().nextDouble());
        this.retry = new Retry(config.requestTimeoutMs(), backoff, time);
    }

    int timeoutMs() {
        return config.requestTimeoutMs();
    }

    Network network() {
        return network;
    }

    /** Waits for what {@code attempt} makes, and makes it again while that may help. */
    <T> T call(String what, Supplier<CompletableFuture<T>> attempt) {
        return retry.call(what, attempt);
    }

    InetSocketAddress anyBroker() {
        List<InetSocketAddress> servers = config.bootstrapServers();
        return servers.get(Math.floorMod(brokerTurn.get(), servers.size()));
    }

    void avoidBroker() {
        brokerTurn.incrementAndGet();
    }

    /** Asks any broker; the next one after a failure. */
    <R extends Response> CompletableFuture<R> ask(Request<R> request) {
        return network.send(anyBroker(), request, timeoutMs()).whenComplete((answer, failure) -> {
            if (failure != null) {
                avoidBroker();
            }
        });
    }

    CompletableFuture<MetadataResponse> metadata(@Nullable Collection<String> topics) {
        List<MetadataRequest.Topic> names = topics == null
                ? null
                : topics.stream().map(MetadataRequest.Topic::new).toList();
        return ask(new MetadataRequest(names, false, false, false));
    }

    /** Where the controller is now. */
    CompletableFuture<InetSocketAddress> controller() {
        return metadata(List.of())
                .thenApply(answer -> address(
                        answer, answer.controllerId(), ErrorCode.NOT_CONTROLLER, "the cluster has no controller now"));
    }

    /** Where the controller is now; while there is none, some broker: what any of them knows. */
    CompletableFuture<InetSocketAddress> controllerOrAny() {
        InetSocketAddress any = anyBroker();
        return metadata(List.of())
                .thenApply(
                        answer -> ClusterView.EMPTY.updated(answer).brokers().getOrDefault(answer.controllerId(), any));
    }

    /** Where a broker is now. */
    CompletableFuture<InetSocketAddress> broker(int id) {
        return metadata(List.of())
                .thenApply(
                        answer -> address(answer, id, ErrorCode.BROKER_NOT_AVAILABLE, "broker " + id + " is not up"));
    }

    private static InetSocketAddress address(MetadataResponse answer, int broker, ErrorCode error, String message) {
        InetSocketAddress address = ClusterView.EMPTY.updated(answer).brokers().get(broker);
        if (address == null) {
            throw new ClientException(error, message);
        }
        return address;
    }

    /** What became of one part of a change: {@code what} is "topic web" or "web-0". */
    record Outcome(String what, ErrorCode error, @Nullable String message) {}

    /**
     * Asks for a change, again if that may help. Where the answer to an earlier attempt was lost, or told of other parts
     * only, {@code foundDone} means that the earlier one has made the change.
     *
     * @param where whom to ask
     */
    <R extends Response> void change(
            String what,
            Supplier<CompletableFuture<InetSocketAddress>> where,
            Request<R> request,
            ErrorCode foundDone,
            Function<R, Stream<Outcome>> outcomesOf) {
        AtomicBoolean mayBeDone = new AtomicBoolean();
        Set<String> done = ConcurrentHashMap.newKeySet();
        call(what, () -> where.get()
                .thenCompose(
                        broker -> network.send(broker, request, timeoutMs()).whenComplete((answer, failure) -> {
                            if (failure != null) {
                                mayBeDone.set(true);
                            }
                        }))
                .thenApply(answer -> {
                    List<Outcome> outcomes = outcomesOf.apply(answer).toList();
                    for (Outcome outcome : outcomes) {
                        if (outcome.error() == ErrorCode.NONE) {
                            done.add(outcome.what());
                        } else if (outcome.error() == ErrorCode.REQUEST_TIMED_OUT) {
                            mayBeDone.set(true);
                        }
                    }
                    for (Outcome outcome : outcomes) {
                        boolean wasDone = mayBeDone.get() || done.contains(outcome.what());
                        if (!wasDone || outcome.error() != foundDone) {
                            checkExisting(outcome.error(), outcome.what(), outcome.message());
                        }
                    }
                    return true;
                }));
    }

    static void check(ErrorCode error, String what, @Nullable String message) {
        if (error != ErrorCode.NONE) {
            throw new ClientException(error, what + ": " + error + (message == null ? "" : ", " + message));
        }
    }

    /** As {@link #check}, of a topic or partition that must exist: no use asking again if it does not. */
    static void checkExisting(ErrorCode error, String what, @Nullable String message) {
        if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            throw new UnknownTopicException(what);
        }
        check(error, what, message);
    }

    /** What does not exist: no use asking again, though a producer, whose topic may be about to be, does. */
    static final class UnknownTopicException extends ClientException {
        private static final long serialVersionUID = 1L;

        UnknownTopicException(String what) {
            super(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, what + " does not exist");
        }

        @Override
        public boolean retriable() {
            return false;
        }
    }
}
