package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The consumer. A background thread runs the {@link Fetcher}, which reads ahead into the {@link Assignment}, from which polls
 * take.
 *
 * <p>Fetches have their own connections, and so has the membership of a group. A broker answers in order, and may hold a fetch
 * until there are records or a JoinGroup until the other members have joined. A commit or an offset lookup on the same connection
 * would wait behind it.
 */
final class FetchingConsumer implements GroupConsumer {
    private static final long LEAVE_MS_MAX = 5_000;

    private final ConsumerConfig config;
    private final ConsumerNetworks networks;
    private final Time time;
    private final CompletionQueue completions = new CompletionQueue();
    private final Assignment assignment = new Assignment();
    private final Metadata metadata;
    private final @Nullable GroupOffsetCalls offsets;
    private final @Nullable ConsumerCommits commits;
    private final @Nullable GroupMember member;
    private final Fetcher fetcher;
    private final Retry retry;
    private final ConsumerThread thread;
    private boolean wakeup;

    FetchingConsumer(ConsumerConfig config) {
        this(config, ConsumerNetworks.open(config.client()), Time.SYSTEM);
        thread.start();
    }

    /** A consumer without a background thread: the owner calls {@link #step}. */
    FetchingConsumer(ConsumerConfig config, ConsumerNetworks networks, Time time) {
        this.config = config;
        this.networks = networks;
        this.time = time;
        Network network = networks.other();
        int timeoutMs = config.client().requestTimeoutMs();
        Backoff backoff =
                new Backoff(config.client(), () -> ThreadLocalRandom.current().nextDouble());
        this.retry = new Retry(timeoutMs, backoff, time);
        this.metadata = new Metadata(config.client(), network, completions, time, backoff, false);
        ConsumerContext context =
                new ConsumerContext(config, network, completions, metadata, assignment, time, backoff);
        this.offsets = config.group()
                .map(group -> new GroupOffsetCalls(context.coordinator(group, network)))
                .orElse(null);
        this.commits = offsets == null ? null : new ConsumerCommits(offsets, retry, this::identity);
        this.member = commits == null
                ? null
                : new GroupMember(
                        context,
                        new Memberships(context.coordinator(config.group().orElseThrow(), networks.group()), context),
                        commits);
        Positions positions = new Positions(config, network, completions, metadata, assignment, offsets, time, backoff);
        this.fetcher =
                new Fetcher(config, networks.fetch(), completions, metadata, assignment, positions, time, backoff);
        this.thread =
                new ConsumerThread(config.client().clientId() + "-fetcher", this::step, completions, assignment, time);
    }

    /** Does all that can be done now. Returns the time by which to call again. */
    long step() {
        long nextMs = fetcher.step(time.elapsedMs());
        if (member == null) {
            return nextMs;
        }
        synchronized (assignment) {
            return Math.min(nextMs, member.step(time.elapsedMs()));
        }
    }

    @Override
    public void subscribe(Collection<String> topics, RebalanceListener listener) {
        Set<String> names = Set.copyOf(topics);
        if (names.isEmpty()) {
            unsubscribe();
            return;
        }
        synchronized (assignment) {
            subscribing().subscribe(names, listener, time.elapsedMs());
        }
        completions.wake();
    }

    @Override
    public void subscribe(Pattern topics, RebalanceListener listener) {
        synchronized (assignment) {
            subscribing().subscribe(topics, listener, time.elapsedMs());
        }
        completions.wake();
    }

    private GroupMember subscribing() {
        ensureOpen();
        if (member == null) {
            throw new IllegalStateException("topics can only be subscribed to by a group: set group.id");
        }
        if (!member.isSubscribed() && !assignment.partitions().isEmpty()) {
            throw new IllegalStateException("partitions are assigned; assign none before subscribing");
        }
        return member;
    }

    @Override
    public void unsubscribe() {
        ensureOpen();
        if (member != null) {
            var unused = member.unsubscribe();
        }
    }

    private boolean isSubscribed() {
        synchronized (assignment) {
            return member != null && member.isSubscribed();
        }
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        setPaused(partitions, true);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        setPaused(partitions, false);
    }

    private void setPaused(Collection<TopicPartition> partitions, boolean pause) {
        ensureOpen();
        synchronized (assignment) {
            partitions.forEach(partition -> assignment.assigned(partition).pause(pause));
        }
        completions.wake();
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        ensureOpen();
        if (isSubscribed()) {
            throw new IllegalStateException("the consumer is subscribed; unsubscribe before assigning partitions");
        }
        assignment.replace(partitions);
        useTopics();
        completions.wake();
    }

    /** Metadata is kept only for the topics that are being read. */
    private void useTopics() {
        metadata.setTopics(
                assignment.partitions().stream().map(TopicPartition::topic).collect(Collectors.toSet()));
    }

    @Override
    public Set<TopicPartition> assignment() {
        return assignment.partitions();
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        ensureOpen();
        if (offset < 0) {
            throw new IllegalArgumentException(partition + ": expected an offset of 0 or more, found " + offset);
        }
        synchronized (assignment) {
            assignment.assigned(partition).seek(offset);
        }
        completions.wake();
    }

    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        seek(partitions, AssignedPartition.Start.EARLIEST);
    }

    @Override
    public void seekToEnd(Collection<TopicPartition> partitions) {
        seek(partitions, AssignedPartition.Start.LATEST);
    }

    private void seek(Collection<TopicPartition> partitions, AssignedPartition.Start start) {
        ensureOpen();
        synchronized (assignment) {
            partitions.forEach(partition -> assignment.assigned(partition).seek(start));
        }
        completions.wake();
    }

    @Override
    public List<ConsumerRecord> poll(Duration timeout) {
        long deadlineMs = time.elapsedMs() + timeout.toMillis();
        if (member == null) {
            return pollAssigned(deadlineMs).orElse(List.of());
        }
        synchronized (assignment) {
            member.pollBegins(time.elapsedMs());
        }
        completions.wake();
        try {
            while (true) {
                member.reconcile();
                useTopics();
                Optional<List<ConsumerRecord>> records = pollAssigned(deadlineMs);
                if (records.isPresent()) {
                    return records.get();
                }
            }
        } finally {
            synchronized (assignment) {
                member.pollEnds(time.elapsedMs());
            }
        }
    }

    /** Empty if the group has decided a change first. */
    private Optional<List<ConsumerRecord>> pollAssigned(long deadlineMs) {
        synchronized (assignment) {
            while (true) {
                ensureOpen();
                if (wakeup) {
                    wakeup = false;
                    return Optional.of(List.of());
                }
                if (member != null && member.mustReconcile()) {
                    return Optional.empty();
                }
                ClientException failure = member == null ? null : member.failure();
                if (failure != null) {
                    throw failure;
                }
                List<ConsumerRecord> records = assignment.take(config.pollRecordsMax());
                if (!records.isEmpty()) {
                    completions.wake();
                    return Optional.of(records);
                }
                if (!await(deadlineMs)) {
                    return Optional.of(List.of());
                }
            }
        }
    }

    /** Waits for a change of the assignment. Returns false if the timeout passes. */
    private boolean await(long deadlineMs) {
        long leftMs = deadlineMs - time.elapsedMs();
        if (leftMs <= 0) {
            return false;
        }
        try {
            assignment.wait(leftMs);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException(ErrorCode.REQUEST_TIMED_OUT, "interrupted while waiting for records", e);
        }
    }

    @Override
    public long position(TopicPartition partition) {
        int timeoutMs = config.client().requestTimeoutMs();
        long deadlineMs = time.elapsedMs() + timeoutMs;
        synchronized (assignment) {
            while (true) {
                ensureOpen();
                AssignedPartition state = assignment.assigned(partition);
                if (state.hasPosition()) {
                    return state.position();
                }
                ClientException failure = state.takeFailure();
                if (failure != null) {
                    throw failure;
                }
                if (!await(deadlineMs)) {
                    throw new ClientException(
                            ErrorCode.REQUEST_TIMED_OUT,
                            partition + ": no position was found within " + timeoutMs + " ms");
                }
            }
        }
    }

    @Override
    public void commit(Map<TopicPartition, Long> toCommit) {
        commits().commit(toCommit);
    }

    @Override
    public CompletableFuture<Void> commitAsync(Map<TopicPartition, Long> toCommit) {
        return commits().commitAsync(toCommit);
    }

    /**
     * @throws ClientException if the consumer subscribes but is not a member now: it must not commit as a consumer without a
     *     group membership
     */
    private MemberIdentity identity() {
        if (!isSubscribed()) {
            return MemberIdentity.NONE;
        }
        return member().orElseThrow(() -> new ClientException(
                ErrorCode.UNKNOWN_MEMBER_ID,
                "the consumer is not a member of its group at the moment; poll to join it"));
    }

    @Override
    public Optional<MemberIdentity> member() {
        synchronized (assignment) {
            return Optional.ofNullable(member).map(GroupMember::identity).filter(identity -> identity.epoch() > 0);
        }
    }

    @Override
    public Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions) {
        GroupOffsetCalls group = group();
        return partitions.isEmpty() ? Map.of() : retry.call("committed offsets", () -> group.fetch(partitions));
    }

    private ConsumerCommits commits() {
        var unused = group();
        return Objects.requireNonNull(commits);
    }

    private GroupOffsetCalls group() {
        ensureOpen();
        if (offsets == null) {
            throw new IllegalStateException("offsets can only be committed for a group: set group.id");
        }
        return offsets;
    }

    private void ensureOpen() {
        thread.ensureOpen();
    }

    @Override
    public void wakeup() {
        synchronized (assignment) {
            wakeup = true;
            assignment.notifyAll();
        }
    }

    @Override
    public void close() {
        try {
            if (member != null && thread.isOpen()) {
                awaitLeft(member.unsubscribe());
            }
        } finally {
            thread.close(networks, config.client().requestTimeoutMs());
        }
    }

    /** A coordinator that does not answer removes the member when its session times out. */
    private static void awaitLeft(CompletableFuture<Boolean> left) {
        try {
            left.get(LEAVE_MS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException ignored) {
            // The consumer closes in any case.
        }
    }
}
