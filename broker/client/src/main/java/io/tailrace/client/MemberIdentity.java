package io.tailrace.client;

import java.util.Optional;

/**
 * Who commits offsets.
 *
 * @param memberId the member; empty for a consumer that assigns its own partitions
 * @param epoch the member's generation or epoch; -1 for such a consumer
 * @param instanceId the id of a static member
 */
record MemberIdentity(String memberId, int epoch, Optional<String> instanceId) {
    /** A consumer that assigns its own partitions. */
    static final MemberIdentity NONE = new MemberIdentity("", -1, Optional.empty());
}
