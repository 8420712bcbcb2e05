package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The client's side of a fetch session with one broker (KIP-227): remembers the partitions that the broker knows, so that a fetch
 * names only changes. A broker may lack sessions, have no place for another one, or close one at any time; then the next fetch
 * must name all partitions.
 *
 * <p>One fetch at a time: {@link #ask} and {@link #forget}, {@link #next}, then {@link #answered} or {@link #reset}. Not
 * thread-safe.
 */
public final class IncrementalFetch {
    private static final int NO_SESSION = 0;
    private static final int INITIAL_EPOCH = 0;

    private static final Set<ErrorCode> SESSION_ERRORS = EnumSet.of(
            ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
            ErrorCode.INVALID_FETCH_SESSION_EPOCH,
            ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);

    /** The partitions that the broker knows once it has the next fetch. */
    private final Map<TopicPartition, FetchRequest.Partition> known = new HashMap<>();

    private final Map<TopicPartition, FetchRequest.Partition> named = new LinkedHashMap<>();
    private final Set<TopicPartition> forgotten = new LinkedHashSet<>();
    private int id = NO_SESSION;
    private int epoch = INITIAL_EPOCH;

    /** Whether the broker remembers earlier fetches. If not, ask for every partition before the next one. */
    public boolean isOpen() {
        return epoch != INITIAL_EPOCH;
    }

    /** The number of partitions that the next fetch asks for, whether it names them or not. */
    public int size() {
        return known.size();
    }

    /** Asks for a partition from the next fetch on, until it is {@linkplain #forget forgotten}. */
    public void ask(TopicPartition partition, FetchRequest.Partition wanted) {
        if (!wanted.equals(known.put(partition, wanted))) {
            named.put(partition, wanted);
        }
        forgotten.remove(partition);
    }

    /** Asks for these partitions, and forgets all others, from the next fetch on. */
    void askOnly(Map<TopicPartition, FetchRequest.Partition> wanted) {
        List.copyOf(known.keySet()).stream()
                .filter(partition -> !wanted.containsKey(partition))
                .forEach(this::forget);
        wanted.forEach(this::ask);
    }

    /** Forgets a partition from the next fetch on. */
    public void forget(TopicPartition partition) {
        named.remove(partition);
        if (known.remove(partition) != null && isOpen()) {
            forgotten.add(partition);
        }
    }

    /** Makes {@code fetch}, which has no partitions, the session's next one. */
    public FetchRequest next(FetchRequest fetch) {
        Map<String, List<FetchRequest.Partition>> topics = new LinkedHashMap<>();
        named.forEach((partition, wanted) -> topics.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(wanted));
        Map<String, List<Integer>> forgottenTopics = new LinkedHashMap<>();
        forgotten.forEach(partition -> forgottenTopics
                .computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(partition.partition()));
        named.clear();
        forgotten.clear();
        return fetch.ofTopics(topics.entrySet().stream()
                        .map(topic -> new FetchRequest.Topic(topic.getKey(), topic.getValue()))
                        .toList())
                .inSession(
                        id,
                        epoch,
                        forgottenTopics.entrySet().stream()
                                .map(topic -> new FetchRequest.ForgottenTopic(topic.getKey(), topic.getValue()))
                                .toList());
    }

    /** Whether the broker closed or never had the session. This is not a failure; the client fetches again. */
    public static boolean isSessionError(ErrorCode error) {
        return SESSION_ERRORS.contains(error);
    }

    /** Takes note of the answer to the last fetch. */
    public void answered(FetchResponse answer) {
        boolean closed = answer.errorCode() == ErrorCode.FETCH_SESSION_ID_NOT_FOUND || answer.sessionId() == NO_SESSION;
        if (answer.errorCode() == ErrorCode.NONE && !closed) {
            id = answer.sessionId();
            epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
            return;
        }
        int earlier = id;
        reset();
        id = answer.errorCode() == ErrorCode.INVALID_FETCH_SESSION_EPOCH ? earlier : NO_SESSION;
    }

    /** The last fetch has no answer, so it is not known what the broker knows. The next fetch closes the session. */
    public void reset() {
        epoch = INITIAL_EPOCH;
        known.clear();
        named.clear();
        forgotten.clear();
    }
}
