package io.tailrace.groups.classic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.groups.TestCluster;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Clients of one group, with short requests. */
final class ClassicClients {
    static final String GROUP = "group";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;
    static final int DELAY_MS = 3_000;

    final ShardHarness shard;
    private long ids;

    ClassicClients() {
        this(new ClassicSettings(6_000, 1_800_000, DELAY_MS, Integer.MAX_VALUE));
    }

    ClassicClients(ClassicSettings settings) {
        shard = new ShardHarness(
                TestCluster.EMPTY,
                new GroupSettings(
                        settings,
                        GroupSettings.defaults().consumer(),
                        GroupSettings.defaults().offsets()));
    }

    static Bytes bytes(String text) {
        return Bytes.copyOf(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    static List<JoinGroupRequest.Protocol> protocols(String... names) {
        return Arrays.stream(names)
                .map(name -> new JoinGroupRequest.Protocol(name, bytes("metadata of " + name)))
                .toList();
    }

    static JoinGroupRequest request(String memberId, @Nullable String instanceId, String... protocols) {
        return new JoinGroupRequest(
                GROUP, SESSION_MS, REBALANCE_MS, memberId, instanceId, "consumer", protocols(protocols));
    }

    Answer<JoinGroupResponse> submit(JoinGroupRequest request, boolean memberIdRequired) {
        return shard.submit(
                new JoinGroup(request, memberIdRequired, new UUID(0, ids++), new MemberClient("client", "/127.0.0.1")));
    }

    /** A dynamic member that supports "range", as up to version 3: it need not know its id. */
    Answer<JoinGroupResponse> join(String memberId) {
        return submit(request(memberId, null, "range"), false);
    }

    Answer<JoinGroupResponse> joinStatic(String memberId, String instanceId) {
        return submit(request(memberId, instanceId, "range"), true);
    }

    Answer<SyncGroupResponse> sync(JoinGroupResponse joined) {
        return sync(joined, null);
    }

    /** The leader assigns to each member its own id. */
    Answer<SyncGroupResponse> sync(JoinGroupResponse joined, @Nullable String instanceId) {
        List<SyncGroupRequest.Assignment> assignments = joined.members().stream()
                .map(member -> new SyncGroupRequest.Assignment(member.memberId(), bytes("of " + member.memberId())))
                .toList();
        return shard.submit(new SyncGroup(
                new SyncGroupRequest(GROUP, joined.generationId(), joined.memberId(), instanceId, assignments)));
    }

    ErrorCode heartbeat(JoinGroupResponse joined) {
        return heartbeat(joined.memberId(), joined.generationId(), null);
    }

    ErrorCode heartbeat(String memberId, int generation, @Nullable String instanceId) {
        return shard.call(new Heartbeat(new HeartbeatRequest(GROUP, generation, memberId, instanceId)))
                .errorCode();
    }

    ErrorCode leave(String memberId) {
        return leave(new LeaveGroupRequest.Member(memberId, null))
                .members()
                .get(0)
                .errorCode();
    }

    LeaveGroupResponse leave(LeaveGroupRequest.Member... members) {
        return shard.call(new LeaveGroup(new LeaveGroupRequest(GROUP, "", List.of(members)), true));
    }

    ClassicGroup group() {
        return (ClassicGroup) Objects.requireNonNull(shard.shard().groups().get(GROUP));
    }

    boolean groupExists() {
        return shard.shard().groups().get(GROUP) != null;
    }

    /** New dynamic members in a stable group; the first one leads. */
    List<JoinGroupResponse> stable(int count) {
        List<Answer<JoinGroupResponse>> joins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            joins.add(join(""));
        }
        return settle(joins);
    }

    /** New static members "i0", "i1" and so on in a stable group; the first one leads. */
    List<JoinGroupResponse> stableStatic(int count) {
        List<Answer<JoinGroupResponse>> joins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            joins.add(joinStatic("", "i" + i));
        }
        return settle(joins);
    }

    private List<JoinGroupResponse> settle(List<Answer<JoinGroupResponse>> joins) {
        shard.advance(2 * DELAY_MS);
        return syncAll(joins);
    }

    /** All send SyncGroup, the leader last, and get what is theirs. */
    List<JoinGroupResponse> syncAll(List<Answer<JoinGroupResponse>> joins) {
        List<JoinGroupResponse> joined = joins.stream().map(Answer::get).toList();
        List<Answer<SyncGroupResponse>> syncs = new ArrayList<>();
        for (JoinGroupResponse one : joined) {
            if (!one.memberId().equals(one.leader())) {
                syncs.add(sync(one));
            }
        }
        for (JoinGroupResponse one : joined) {
            if (one.memberId().equals(one.leader())) {
                syncs.add(sync(one));
            }
        }
        assertThat(syncs).allMatch(sync -> sync.get().errorCode() == ErrorCode.NONE);
        assertThat(group().state()).isEqualTo(ClassicGroupState.STABLE);
        return joined;
    }
}
