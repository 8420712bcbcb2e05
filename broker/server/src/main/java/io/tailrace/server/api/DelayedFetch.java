package io.tailrace.server.api;

import io.tailrace.log.FileSlice;
import io.tailrace.log.LogSlice;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.server.network.Connection;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.partition.Read;
import io.tailrace.server.partition.ReadWaiter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fetch from its first read to its answer. It waits for {@code minBytes} of records, for at most {@code maxWaitMs} and
 * {@value #WAIT_MS_MAX} ms. It does not wait while requests in progress hold all the memory they may.
 *
 * <p>An error or a divergence in any partition ends the wait, because the client must act on it. A waiting fetch holds no
 * file: it closes its reads, and reads again when it is woken. At the end of a log that costs little. A fetch of many
 * partitions pauses after it was woken in vain.
 *
 * <p>Confined to the connection's event loop, except for {@link #wake}.
 */
final class DelayedFetch implements ReadWaiter {
    /** Twice the time after which Kafka's clients give up on a request by default. */
    static final int WAIT_MS_MAX = 60_000;

    /** After a wake in vain, a fetch pauses 1 ms for this many partitions. */
    private static final int PARTITIONS_READ_PER_MS = 100;

    private final Partitions partitions;
    private final FetchRequest request;
    private final Call<FetchResponse> call;
    private final Map<Connection, DelayedFetch> waitingFollowers;
    private final int bytesMax;
    private final int bytesMin;
    private final Set<Partition> watched = new LinkedHashSet<>();
    private final AtomicBoolean retryScheduled = new AtomicBoolean();
    private @Nullable Future<?> timeout;
    private boolean pausing;
    private boolean wokenInPause;
    private boolean ended;

    /** @param waitingFollowers holds this fetch while it waits, if it is a follower's */
    DelayedFetch(
            Partitions partitions,
            FetchRequest request,
            int bytesMax,
            Call<FetchResponse> call,
            Map<Connection, DelayedFetch> waitingFollowers) {
        this.partitions = partitions;
        this.request = request;
        this.call = call;
        this.waitingFollowers = waitingFollowers;
        this.bytesMax = Math.min(bytesMax, Math.max(0, request.maxBytes()));
        this.bytesMin = Math.min(this.bytesMax, request.minBytes());
    }

    void begin() {
        Attempt first = read();
        if (first.isEnough() || request.maxWaitMs() <= 0 || request.topics().isEmpty() || !call.mayWait()) {
            answer(first);
            return;
        }
        first.close();
        watch();
        if (isFollower()) {
            waitingFollowers.put(call.connection(), this);
        }
        call.onDisconnect(this::end);
        timeout = call.schedule(this::answerNow, Math.min(request.maxWaitMs(), WAIT_MS_MAX));
        // An append between the first read and the watch woke nobody.
        answerIfEnough();
    }

    @Override
    public void wake() {
        if (retryScheduled.compareAndSet(false, true)) {
            call.execute(this::retry);
        }
    }

    private void retry() {
        retryScheduled.set(false);
        if (pausing) {
            wokenInPause = true;
            return;
        }
        answerIfEnough();
        int pauseMs = watched.size() / PARTITIONS_READ_PER_MS;
        if (!ended && pauseMs > 0) {
            pausing = true;
            var unused = call.schedule(this::endPause, pauseMs);
        }
    }

    private void endPause() {
        pausing = false;
        if (wokenInPause) {
            wokenInPause = false;
            retry();
        }
    }

    private void answerIfEnough() {
        if (ended) {
            return;
        }
        Attempt attempt = read();
        if (attempt.isEnough()) {
            end();
            answer(attempt);
        } else {
            attempt.close();
        }
    }

    /** Answers with what there is, unless the fetch is answered already. */
    void answerNow() {
        if (!ended) {
            end();
            answer(read());
        }
    }

    private void end() {
        ended = true;
        watched.forEach(partition -> partition.remove(this));
        waitingFollowers.remove(call.connection(), this);
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    private void watch() {
        forEachPartition((partition, part) -> {
            if (!watched.add(partition)) {
                return;
            }
            if (isFollower()) {
                partition.addFollower(this);
            } else {
                partition.add(this);
            }
        });
    }

    private void forEachPartition(BiConsumer<Partition, FetchRequest.Partition> action) {
        for (FetchRequest.Topic topic : request.topics()) {
            for (FetchRequest.Partition part : topic.partitions()) {
                Partition partition = partitions.find(topic.topic(), part.partition());
                if (partition != null) {
                    action.accept(partition, part);
                }
            }
        }
    }

    private boolean isFollower() {
        return request.replicaId() >= 0;
    }

    /** What a follower's fetch says about one of its partitions. */
    static FollowerFetch followerFetch(FetchRequest request, FetchRequest.Partition part) {
        return new FollowerFetch(
                new Incarnation(request.replicaId(), request.replicaEpoch()),
                part.currentLeaderEpoch(),
                part.fetchOffset(),
                part.lastFetchedEpoch(),
                part.logStartOffset());
    }

    private Attempt read() {
        Attempt attempt = new Attempt();
        try {
            request.topics().forEach(attempt::read);
            return attempt;
        } catch (RuntimeException e) {
            attempt.close();
            throw e;
        }
    }

    private void answer(Attempt attempt) {
        FetchResponse response = new FetchResponse(attempt.topics);
        FetchTraffic.count(response, isFollower(), partitions);
        call.answer(response);
    }

    /** One read of all partitions. */
    private final class Attempt {
        private final List<FetchResponse.Topic> topics = new ArrayList<>();
        private final List<Read> reads = new ArrayList<>();
        private long sizeInBytes;
        private boolean failed;

        boolean isEnough() {
            return failed || sizeInBytes >= bytesMin;
        }

        void close() {
            reads.forEach(Read::close);
        }

        void read(FetchRequest.Topic topic) {
            List<FetchResponse.Partition> results = new ArrayList<>();
            for (FetchRequest.Partition part : topic.partitions()) {
                FetchResponse.Partition result = read(topic.topic(), part);
                failed |= result.errorCode() != ErrorCode.NONE
                        || !result.divergingEpoch().equals(EpochEndOffset.NONE);
                results.add(result);
            }
            topics.add(new FetchResponse.Topic(topic.topic(), results));
        }

        private FetchResponse.Partition read(String topic, FetchRequest.Partition part) {
            int index = part.partition();
            Partition partition = partitions.find(topic, index);
            if (partition == null) {
                return FetchResponse.Partition.refused(index, partitions.errorOfMissing(topic, index));
            }
            int room = (int) Math.max(0, Math.min(part.partitionMaxBytes(), bytesMax - sizeInBytes));
            boolean first = sizeInBytes == 0;
            Read read = isFollower()
                    ? partition.read(followerFetch(request, part), room, first)
                    : partition.read(part.fetchOffset(), part.currentLeaderEpoch(), room, first);
            if (read.error() != ErrorCode.NONE) {
                return FetchResponse.Partition.refused(index, read.error(), read.logStartOffset());
            }
            EpochEnd diverging = read.diverging();
            if (diverging != null) {
                return FetchResponse.Partition.diverging(
                        index,
                        read.highWatermark(),
                        read.logStartOffset(),
                        new EpochEndOffset(diverging.epoch(), diverging.endOffset()));
            }
            reads.add(read);
            sizeInBytes += read.sizeInBytes();
            return FetchResponse.Partition.read(index, read.highWatermark(), read.logStartOffset(), records(read));
        }

        private @Nullable FileRecords records(Read read) {
            LogSlice slice = read.slice();
            if (slice == null || slice.isEmpty()) {
                return null;
            }
            if (slice instanceof FileSlice file) {
                return new FileRecords(file);
            }
            throw new IllegalStateException("only logs in files are served, found " + slice.getClass());
        }
    }
}
