package io.tailrace.client;

import java.util.Optional;

/**
 * The identity under which a consumer commits offsets.
 *
 * @param memberId the member; empty for a consumer that assigns its own partitions
 * @param epoch the member's epoch in the consumer protocol, its generation in the classic one; -1 for such a consumer
 * @param instanceId the id of a static member
 */
public record MemberIdentity(String memberId, int epoch, Optional<String> instanceId) {
    /** A consumer that assigns its own partitions. */
    static final MemberIdentity NONE = new MemberIdentity("", -1, Optional.empty());
}
