package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Commits a consumer's offsets under its current membership of the group. Thread-safe. */
final class ConsumerCommits implements GroupMember.OffsetSink {
    private final GroupOffsetCalls calls;
    private final Retry retry;
    private final Supplier<MemberIdentity> identity;

    /** @param identity the identity to commit under; throws a {@link ClientException} if the consumer must not commit */
    ConsumerCommits(GroupOffsetCalls calls, Retry retry, Supplier<MemberIdentity> identity) {
        this.calls = calls;
        this.retry = retry;
        this.identity = identity;
    }

    @Override
    public void commit(Map<TopicPartition, Long> offsets) {
        if (!offsets.isEmpty()) {
            retry.call("commit", () -> attempt(offsets));
        }
    }

    private CompletableFuture<Boolean> attempt(Map<TopicPartition, Long> offsets) {
        MemberIdentity sender = identity.get();
        return calls.commit(offsets, sender).exceptionallyCompose(failure -> {
            boolean isOutdated = Retry.errorOf(failure) == ErrorCode.STALE_MEMBER_EPOCH
                    && identity.get().epoch() != sender.epoch();
            // The member's epoch rose while the commit was on its way.
            return isOutdated ? calls.commit(offsets, identity.get()) : CompletableFuture.failedFuture(failure);
        });
    }

    /** One attempt only: a repetition could undo a later commit. */
    CompletableFuture<Void> commitAsync(Map<TopicPartition, Long> offsets) {
        if (offsets.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            return calls.commit(offsets, identity.get()).thenApply(done -> null);
        } catch (ClientException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void commitLater(Map<TopicPartition, Long> offsets) {
        var unused = commitAsync(offsets);
    }
}
