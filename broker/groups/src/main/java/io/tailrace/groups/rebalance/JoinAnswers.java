package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicMember;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupResponse;
import java.util.List;
import java.util.Objects;

/** The answers to JoinGroup requests. */
public final class JoinAnswers {
    private static final int NO_GENERATION = -1;

    private JoinAnswers() {}

    /** Why a member cannot join. */
    public static JoinGroupResponse error(String memberId, ErrorCode error) {
        return new JoinGroupResponse(0, error, NO_GENERATION, "", "", memberId, List.of());
    }

    /** The generation that a member has joined. Only its leader gets the members: it computes the assignment. */
    public static JoinGroupResponse joined(ClassicGroup group, String memberId) {
        List<JoinGroupResponse.Member> members = group.isLeader(memberId)
                ? group.members().all().stream()
                        .map(member -> described(group, member))
                        .toList()
                : List.of();
        return answer(group, leader(group), memberId, members);
    }

    /** The generation of a stable group, for a member that keeps its assignment and therefore is not asked to compute any. */
    public static JoinGroupResponse following(ClassicGroup group, String leader, String memberId) {
        return answer(group, leader, memberId, List.of());
    }

    /** The leader of a group that has members. */
    public static String leader(ClassicGroup group) {
        return Objects.requireNonNullElse(group.generation().leader(), "");
    }

    private static JoinGroupResponse answer(
            ClassicGroup group, String leader, String memberId, List<JoinGroupResponse.Member> members) {
        String protocol = Objects.requireNonNullElse(group.generation().protocol(), "");
        return new JoinGroupResponse(0, ErrorCode.NONE, group.generation().id(), protocol, leader, memberId, members);
    }

    private static JoinGroupResponse.Member described(ClassicGroup group, ClassicMember member) {
        return new JoinGroupResponse.Member(
                member.memberId(),
                member.instanceId(),
                member.metadata(group.generation().protocol()));
    }
}
