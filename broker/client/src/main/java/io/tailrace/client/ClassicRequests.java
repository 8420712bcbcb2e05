package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The requests of a member by the classic protocol. Each call is one attempt. A future fails if there is no answer, or if the
 * error means that another broker may be the coordinator. Thread-safe.
 */
final class ClassicRequests {
    private static final String PROTOCOL_TYPE = "consumer";
    private static final String RANGE = "range";
    /** How much longer than agreed a coordinator may take to answer. */
    private static final int JOIN_GRACE_MS = 5_000;

    private final Coordinator coordinator;
    private final MembershipConfig config;

    ClassicRequests(Coordinator coordinator, MembershipConfig config) {
        this.coordinator = coordinator;
        this.config = config;
    }

    String group() {
        return coordinator.key();
    }

    /** Joins the next generation. The answer comes when the other members have joined or run out of time. */
    CompletableFuture<JoinGroupResponse> join(String memberId, List<String> topics) {
        JoinGroupRequest request = new JoinGroupRequest(
                coordinator.key(),
                config.sessionTimeoutMs(),
                config.pollIntervalMsMax(),
                memberId,
                config.instanceId().orElse(null),
                PROTOCOL_TYPE,
                List.of(new JoinGroupRequest.Protocol(RANGE, ClassicFormats.subscription(topics))));
        return coordinator.ask(request, answer -> checked(answer, answer.errorCode()), joinTimeoutMs());
    }

    private int joinTimeoutMs() {
        return (int) Math.min(Integer.MAX_VALUE, (long) config.pollIntervalMsMax() + JOIN_GRACE_MS);
    }

    /** Asks for the member's assignment. The answer comes when the leader has sent the assignments of all. */
    CompletableFuture<SyncGroupResponse> sync(
            String memberId, int generation, List<SyncGroupRequest.Assignment> assignments) {
        SyncGroupRequest request = new SyncGroupRequest(
                coordinator.key(), generation, memberId, config.instanceId().orElse(null), assignments);
        return coordinator.ask(request, answer -> checked(answer, answer.errorCode()), joinTimeoutMs());
    }

    CompletableFuture<HeartbeatResponse> heartbeat(String memberId, int generation) {
        HeartbeatRequest request = new HeartbeatRequest(
                coordinator.key(), generation, memberId, config.instanceId().orElse(null));
        return coordinator.ask(request, answer -> checked(answer, answer.errorCode()));
    }

    CompletableFuture<Boolean> leave(String memberId) {
        LeaveGroupRequest request = new LeaveGroupRequest(
                coordinator.key(), memberId, List.of(new LeaveGroupRequest.Member(memberId, null)));
        return coordinator.ask(request, answer -> true);
    }

    private <A> A checked(A answer, ErrorCode error) {
        if (error.retriable()) {
            coordinator.check(error, "membership");
        }
        return answer;
    }
}
