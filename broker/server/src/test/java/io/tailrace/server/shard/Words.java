package io.tailrace.server.shard;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Shard;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.Timeline;
import io.tailrace.shard.TimelineMap;
import io.tailrace.shard.Timeout;
import io.tailrace.shard.TimerChange;
import io.tailrace.shard.TransactionPart;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** A shard that maps words to words. Answers are words, too; that of a refused request is the name of the error. */
final class Words implements Shard<Words> {
    static final String UNPARSABLE = "unparsable";

    /** The rules fail on a record of this word. */
    static final String FAILS_WHEN_REPLAYED = "fails when replayed";

    /** The rules fail on a loaded state with this word. */
    static final String FAILS_WHEN_LOADED = "fails when loaded";

    /** A timer for each of these words starts when the shard is loaded. */
    static final String TIMED = "timed";

    private final Timeline timeline = new Timeline();
    private final TimelineMap<String, String> words = new TimelineMap<>(timeline);
    /** By producer. */
    private final Map<Long, Map<String, String>> pending = new HashMap<>();

    final List<Ticket<String>> waiting = new ArrayList<>();
    final List<String> unstored = new ArrayList<>();

    @Override
    public void replay(long offset, StoredRecord record) {
        String key = text(record.key());
        if (key.equals(UNPARSABLE)) {
            throw new IllegalArgumentException("it says so");
        }
        if (key.equals(FAILS_WHEN_REPLAYED)) {
            throw new IllegalStateException("rules that fail");
        }
        timeline.startRecord(offset);
        ByteBuffer value = record.value();
        if (value == null) {
            words.remove(key);
        } else {
            words.put(key, text(value));
        }
    }

    @Override
    public void replayInTransaction(long offset, StoredRecord record, long producerId) {
        timeline.startRecord(offset);
        pending.computeIfAbsent(producerId, absent -> new HashMap<>())
                .put(text(record.key()), text(Objects.requireNonNull(record.value())));
    }

    @Override
    public void endTransaction(long offset, EndTransactionMarker marker) {
        timeline.startRecord(offset);
        Map<String, String> ended = pending.remove(marker.producerId());
        if (ended != null && marker.isCommit()) {
            ended.forEach(words::put);
        }
    }

    @Override
    public Timeline timeline() {
        return timeline;
    }

    @Override
    public List<TimerChange<Words>> loaded(long nowMs) {
        if (words.get(FAILS_WHEN_LOADED) != null) {
            throw new IllegalStateException("rules that fail");
        }
        return words.get(TIMED) == null
                ? List.of()
                : List.of(new TimerChange.Start<>(new Expire(TIMED, "expired"), nowMs + 1000));
    }

    static StoredRecord record(String key, String value) {
        return new StoredRecord(StandardCharsets.UTF_8.encode(key), StandardCharsets.UTF_8.encode(value));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    /** Answers with the word that it replaces, or an empty one. */
    record Put(String key, String value) implements Operation<Words, String> {
        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            String before = state.words.get(key);
            return new Decision.Builder<Words>()
                    .append(record(key, value))
                    .change(words -> words.unstored.add(key))
                    .reply(ticket, before == null ? "" : before)
                    .build();
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }

    /** Stores a word in a transaction, in epoch 0 of its producer. Answers with the verification that the log asks for, if it does. */
    record PutInTransaction(long producerId, String key, String value, OptionalLong verification)
            implements Operation<Words, String> {
        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            return new Decision.Builder<Words>()
                    .append(record(key, value))
                    .transaction(new TransactionPart.Records(producerId, (short) 0, verification))
                    .reply(ticket, "stored")
                    .build();
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }

        @Override
        public String unverified(long found) {
            return Long.toString(found);
        }
    }

    /** Ends a transaction. */
    record End(EndTransactionMarker marker) implements Operation<Words, String> {
        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            return new Decision.Builder<Words>()
                    .transaction(new TransactionPart.End(marker, true))
                    .reply(ticket, "ended")
                    .build();
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }

    /** Answers with the newest word, whether committed or not. */
    record Newest(String key) implements Operation<Words, String> {
        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            String word = state.words.get(key);
            return Decision.reply(ticket, word == null ? "" : word);
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }

    /** Waits until {@link Announce} answers it. */
    record Wait() implements Operation<Words, String> {
        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            return new Decision.Builder<Words>()
                    .change(words -> words.waiting.add(ticket))
                    .build();
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }

    /** Answers everybody who waits, and itself, with a word that it stores. */
    record Announce(String value) implements Operation<Words, String> {
        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            Decision.Builder<Words> decision = new Decision.Builder<Words>()
                    .append(record("announced", value))
                    .change(words -> words.waiting.clear())
                    .reply(ticket, value);
            state.waiting.forEach(each -> decision.reply(each, value));
            return decision.build();
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }

    /** Starts, moves or stops the timer of {@link Expire}. */
    record Time(Expire timeout, long delayMs) implements Operation<Words, String> {
        static final long STOP = -1;

        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            Decision.Builder<Words> decision = new Decision.Builder<Words>().reply(ticket, "timed");
            return (delayMs == STOP ? decision.stop(timeout) : decision.start(timeout, nowMs + delayMs)).build();
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }

    /** Renews a timer, and stores something. */
    record Renew(Expire timeout, long delayMs) implements Operation<Words, String> {
        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            return new Decision.Builder<Words>()
                    .append(record("renewed", timeout.key()))
                    .renew(timeout, nowMs + delayMs)
                    .reply(ticket, "renewed")
                    .build();
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }

    /** Stores a word when it expires. */
    record Expire(String key, String value) implements Timeout<Words> {
        @Override
        public Decision<Words> expired(Words state, long nowMs) {
            return new Decision.Builder<Words>().append(record(key, value)).build();
        }
    }

    /** Fails. */
    record Fail() implements Operation<Words, String> {
        @Override
        public Decision<Words> decide(Words state, Ticket<String> ticket, long nowMs) {
            throw new IllegalStateException("a rule that fails");
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }

    /** Answers with the committed word. */
    record Committed(String key) implements Query<Words, String> {
        @Override
        public String answer(Words state, long nowMs) {
            String word = state.words.committed(key);
            return word == null ? "" : word;
        }

        @Override
        public String refused(ErrorCode error) {
            return error.name();
        }
    }
}
